//! A program in a pseudo-terminal: its output is read continuously, and it receives keys, sizes and signals.

use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{JoinHandle, park_timeout};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};

use crate::program::environment;

/// After this long something that is waited for will not come, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

const READING: u8 = 0;
const PAUSED: u8 = 1;
const OVER: u8 = 2;

/// A program and its terminal.
pub(crate) struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    /// Keeps the terminal alive after the program's end, so that it can be looked at.
    _slave: Box<dyn SlavePty + Send>,
    writer: Option<Box<dyn Write + Send>>,
    reader: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
    /// Modes of the terminal before the program started.
    before: String,
}

struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
    mode: AtomicU8,
}

/// What came out of the program.
struct Seen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    frames: usize,
}

/// What stands behind every frame.
const END_OF_FRAME: &[u8] = b"\x1b[?2026l";

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

impl Pty {
    /// Starts a program in a terminal of true colours.
    pub(crate) fn start(program: &str, arguments: &[&str], folder: &Path, size: (u16, u16)) -> Self {
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(folder);
        command.env_clear();
        for (name, value) in environment() {
            command.env(name, value);
        }
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        Self::spawn(command, size)
    }

    pub(crate) fn spawn(command: CommandBuilder, (columns, rows): (u16, u16)) -> Self {
        let pair = native_pty_system().openpty(pty_size(columns, rows)).unwrap();
        let before = format!("{:?}", pair.master.get_termios().unwrap());
        let parser = vt100::Parser::new(rows.max(2), columns.max(2), 0);
        let shared = Arc::new(Shared {
            seen: Mutex::new(Seen { parser, bytes: Vec::new(), frames: 0 }),
            changed: Condvar::new(),
            mode: AtomicU8::new(READING),
        });
        let source = pair.master.try_clone_reader().unwrap();
        let sink = Arc::clone(&shared);
        let reader = std::thread::spawn(move || sink.read(source));
        let child = pair.slave.spawn_command(command).unwrap();
        let (master, writer) = (Some(pair.master), None);
        Self { child, master, _slave: pair.slave, writer, reader: Some(reader), shared, before }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Path of the terminal.
    pub(crate) fn terminal(&self) -> String {
        self.master.as_ref().unwrap().tty_name().unwrap().display().to_string()
    }

    /// Types.
    pub(crate) fn press(&mut self, keys: &str) {
        let writer = self.writer.get_or_insert_with(|| self.master.as_ref().unwrap().take_writer().unwrap());
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Types the same over and over until the terminal is gone, as fast as it is read.
    pub(crate) fn flood(&mut self, keys: &str) {
        let mut writer = self.master.as_ref().unwrap().take_writer().unwrap();
        let keys = keys.repeat(100);
        std::thread::spawn(move || while writer.write_all(keys.as_bytes()).is_ok() {});
    }

    /// Waits until so many frames were drawn.
    pub(crate) fn wait_for_frames(&self, frames: usize) {
        self.wait_until("frames", |seen| seen.frames >= frames);
    }

    /// Types, and waits for the frame that answers.
    pub(crate) fn press_and_see(&mut self, keys: &str) {
        let frames = self.frames();
        self.press(keys);
        self.wait_until("a frame that answers", |seen| seen.frames > frames);
    }

    /// Frames that were drawn whole.
    pub(crate) fn frames(&self) -> usize {
        self.shared.seen.lock().unwrap().frames
    }

    /// Changes the size of the terminal. The parser of what is drawn needs two rows and columns.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        self.shared.seen.lock().unwrap().parser.screen_mut().set_size(rows.max(2), columns.max(2));
        self.master.as_ref().unwrap().resize(pty_size(columns, rows)).unwrap();
    }

    /// Forgets what was drawn: everything seen from here on was drawn again.
    pub(crate) fn forget(&self) {
        let mut seen = self.shared.seen.lock().unwrap();
        let (rows, columns) = seen.parser.screen().size();
        seen.parser = vt100::Parser::new(rows, columns, 0);
        seen.bytes.clear();
    }

    /// Sends a signal such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let killed = Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    /// Waits until the screen is as wished.
    pub(crate) fn wait(&self, wish: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        self.wait_until(wish, |seen| is_so(seen.parser.screen()));
    }

    fn wait_until(&self, wish: &str, is_so: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.shared.seen.lock().unwrap();
        while !is_so(&seen) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let screen = seen.parser.screen().contents();
                drop(seen);
                panic!("{wish}: it never came; the screen is\n{screen}");
            }
            seen = self.shared.changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits until something beside the screen is as wished.
    pub(crate) fn wait_outside(&self, wish: &str, is_so: impl Fn() -> bool) {
        let deadline = Instant::now() + 2 * PATIENCE;
        while !is_so() {
            assert!(Instant::now() < deadline, "{wish}: it never came; the screen is\n{}", self.text());
            park_timeout(Duration::from_millis(2));
        }
    }

    /// Waits until these words are on the screen; a sentence may go on in the next line.
    pub(crate) fn wait_for(&self, words: &str) {
        self.wait(words, |screen| {
            let contents = screen.contents();
            let joined = || contents.split_whitespace().collect::<Vec<_>>().join(" ");
            contents.contains(words) || joined().contains(words)
        });
    }

    /// What is on the screen now.
    pub(crate) fn text(&self) -> String {
        self.shared.seen.lock().unwrap().parser.screen().contents()
    }

    /// What something on the screen is like.
    pub(crate) fn look<T>(&self, at: impl Fn(&vt100::Screen) -> T) -> T {
        at(self.shared.seen.lock().unwrap().parser.screen())
    }

    /// Everything that the program wrote.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.shared.seen.lock().unwrap().bytes.clone()
    }

    /// Reads no more from the terminal, until [`Pty::read_on`].
    pub(crate) fn stop_reading(&self) {
        self.shared.mode.store(PAUSED, Ordering::Release);
    }

    pub(crate) fn read_on(&self) {
        self.shared.mode.store(READING, Ordering::Release);
    }

    /// The terminal goes away, as when its window is closed. The program must be drawing: only then the reader ends.
    pub(crate) fn close(&mut self) {
        self.shared.mode.store(OVER, Ordering::Release);
        self.reader.take().unwrap().join().unwrap();
        // A writer would type its last key.
        assert!(self.writer.is_none());
        drop(self.master.take());
    }

    /// Whether the terminal's modes are what they were before the program started.
    pub(crate) fn is_cooked(&self) -> bool {
        format!("{:?}", self.master.as_ref().unwrap().get_termios().unwrap()) == self.before
    }

    /// Waits for the end; gives the exit code and the time that it took.
    pub(crate) fn end(&mut self) -> (u32, Duration) {
        let (status, took) = self.ended();
        assert_eq!(status.signal(), None, "it was killed");
        (status.exit_code(), took)
    }

    /// Waits for the end by a signal that the program leaves to the system.
    pub(crate) fn killed(&mut self) {
        let (status, _) = self.ended();
        assert!(status.signal().is_some(), "it ended by itself: {status:?}");
    }

    fn ended(&mut self) -> (ExitStatus, Duration) {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let took = start.elapsed();
                self.read_to_the_end();
                return (status, took);
            }
            assert!(start.elapsed() < PATIENCE, "it never ended; the screen is\n{}", self.text());
            park_timeout(Duration::from_millis(2));
        }
    }

    /// Waits until all that the program wrote is on the screen: what is read last is a sequence without a meaning that is
    /// written behind it.
    fn read_to_the_end(&self) {
        const LAST: &[u8] = b"\x1b]777;last\x1b\\";
        let is_read = self.shared.mode.load(Ordering::Acquire) == READING && self.reader.is_some();
        if self.master.is_none() || !is_read {
            return;
        }
        let mut options = std::fs::OpenOptions::new();
        let mut terminal = options.write(true).custom_flags(libc::O_NOCTTY).open(self.terminal()).unwrap();
        terminal.write_all(LAST).unwrap();
        self.wait_until("the end of what was written", |seen| seen.bytes.ends_with(LAST));
        let bytes = &mut self.shared.seen.lock().unwrap().bytes;
        bytes.truncate(bytes.len() - LAST.len());
    }

    /// The terminal is as it was before the program: modes, screen, cursor, mouse.
    pub(crate) fn assert_restored(&self) {
        assert!(self.is_cooked(), "modes: {:?} was {}", self.master.as_ref().unwrap().get_termios(), self.before);
        self.wait("the terminal is given back", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The reader ends with the last handle on the slave, which is ours.
        self.shared.mode.store(OVER, Ordering::Release);
    }
}

impl Shared {
    fn read(&self, mut source: Box<dyn Read + Send>) {
        let mut buffer = vec![0; 1 << 16];
        loop {
            match self.mode.load(Ordering::Acquire) {
                OVER => return,
                PAUSED => park_timeout(Duration::from_millis(5)),
                _ => match source.read(&mut buffer) {
                    Ok(0) | Err(_) => return,
                    Ok(count) => {
                        let mut seen = self.seen.lock().unwrap();
                        seen.parser.process(&buffer[..count]);
                        // An end of frame may be split between two reads.
                        let from = (seen.bytes.len() + 1).saturating_sub(END_OF_FRAME.len());
                        seen.bytes.extend_from_slice(&buffer[..count]);
                        let ends =
                            seen.bytes[from..].windows(END_OF_FRAME.len()).filter(|bytes| *bytes == END_OF_FRAME);
                        seen.frames += ends.count();
                        self.changed.notify_all();
                    }
                },
            }
        }
    }
}
