//! The terminal: it is taken over when the screen opens, and restored on every path (end, error, panic, suspension).
//!
//! Each frame is written at once through a large buffer, within a synchronized update, so that it is shown at once. A
//! panic on the screen's own thread restores the terminal before its message is printed; a panic elsewhere (on a lane's
//! thread) must not destroy a working screen and becomes a diagnostic.
//!
//! ```no_run
//! use nablatop::tui::terminal;
//!
//! // On a panic, before its message is printed: the shell gets its terminal back.
//! std::panic::set_hook(Box::new(|panic| {
//!     terminal::abandon();
//!     eprintln!("{panic}");
//! }));
//! ```

use std::borrow::Cow;
use std::fs::OpenOptions;
use std::io::{self, BufWriter, Stdout, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::panic::{self, PanicHookInfo};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use ratatui::crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use ratatui::crossterm::{cursor, execute, queue};
use ratatui::layout::{Position, Rect, Size};
use thiserror::Error;

use crate::text;

/// The current owner of the terminal: there is one terminal per process.
static OWNER: AtomicU8 = AtomicU8::new(SHELL);
/// The shell: the terminal is as it was before.
const SHELL: u8 = 0;
/// The screen.
const OURS: u8 = 1;
/// The terminal is being restored; this may take long if it is not read.
const RETURNING: u8 = 2;

/// Size of the buffer in bytes: a frame in which every cell of a large terminal changes fits.
const BUFFER: usize = 1 << 20;

/// Why there is no screen.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ScreenError {
    /// The terminal could not be taken over.
    #[error("cannot use this terminal ({source}): use --headless")]
    Open {
        /// What the system said.
        source: io::Error,
    },
    /// The terminal is lost.
    #[error("the terminal is gone: {source}")]
    Gone {
        /// What the system said.
        source: io::Error,
    },
}

/// The terminal while the screen owns it.
pub(crate) struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Output>>>,
    /// Whether it may show something else than what was drawn.
    doubtful: bool,
    hook: Arc<Hook>,
}

/// Standard output while the screen owns the terminal. Later output is dropped: the beginning of a frame that a panic
/// interrupted, and ratatui's restoration, which would panic if the terminal is lost.
struct Output(Stdout);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if OWNER.load(Ordering::Acquire) == OURS { self.0.write(bytes) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if OWNER.load(Ordering::Acquire) == OURS { self.0.flush() } else { Ok(()) }
    }
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// Fails when there is none, or it cannot be put into raw mode; then it is unchanged.
    pub(crate) fn open() -> Result<Self, ScreenError> {
        let hook = guard_panics(thread::current().id());
        let opened = enter().and_then(|()| {
            Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(BUFFER, Output(io::stdout()))))
        });
        match opened {
            Ok(terminal) => Ok(Self { terminal, doubtful: false, hook }),
            Err(source) => {
                leave();
                release_panics(&hook);
                Err(ScreenError::Open { source })
            }
        }
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// Fails when the terminal is lost.
    pub(crate) fn size(&self) -> Result<Size, ScreenError> {
        self.terminal.size().map_err(|source| ScreenError::Gone { source })
    }

    /// Shows a frame, which `render` draws. Returns the time that this took, writing included.
    ///
    /// # Errors
    /// Fails when the terminal is lost.
    pub(crate) fn draw(&mut self, render: impl FnOnce(Rect, &mut Buffer)) -> Result<Duration, ScreenError> {
        let start = Instant::now();
        self.try_draw(render).map_err(|source| ScreenError::Gone { source })?;
        Ok(start.elapsed())
    }

    fn try_draw(&mut self, render: impl FnOnce(Rect, &mut Buffer)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        if self.doubtful {
            let size = self.terminal.size()?;
            self.terminal.resize(Rect::from((Position::ORIGIN, size)))?;
            self.doubtful = false;
        }
        self.terminal.draw(|frame| {
            render(frame.area(), frame.buffer_mut());
            make_harmless(frame.buffer_mut());
        })?;
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.terminal.backend_mut())
    }

    /// Restores the terminal, calls `meanwhile`, takes the terminal over again and redraws everything with the next
    /// frame.
    ///
    /// # Errors
    /// Fails when the terminal is lost.
    pub(crate) fn step_aside(&mut self, meanwhile: impl FnOnce()) -> Result<(), ScreenError> {
        leave();
        meanwhile();
        self.take_back()
    }

    /// Takes the terminal over again, whatever another program did to it.
    ///
    /// # Errors
    /// Fails when the terminal is lost.
    pub(crate) fn take_back(&mut self) -> Result<(), ScreenError> {
        self.doubt();
        // crossterm considers raw mode on until it is switched off, whatever a shell did.
        disable_raw_mode().and_then(|()| enter()).map_err(|source| ScreenError::Gone { source })
    }

    /// Takes the mouse, or leaves it to the terminal.
    ///
    /// # Errors
    /// Fails when the terminal is lost.
    pub(crate) fn set_mouse(&mut self, mouse: Mouse) -> Result<(), ScreenError> {
        set_mouse(mouse);
        let out = self.terminal.backend_mut();
        let done = match mouse {
            Mouse::Screen => execute!(out, EnableMouseCapture),
            Mouse::Terminal => execute!(out, DisableMouseCapture),
        };
        done.map_err(|source| ScreenError::Gone { source })
    }

    /// Asks the terminal for the colour of its background (OSC 11). It may answer among the keys, or never.
    ///
    /// # Errors
    /// Fails when the terminal is lost.
    pub(crate) fn ask_background(&mut self) -> Result<(), ScreenError> {
        let out = self.terminal.backend_mut();
        let asked = out.write_all(b"\x1b]11;?\x1b\\").and_then(|()| Write::flush(out));
        asked.map_err(|source| ScreenError::Gone { source })
    }

    /// Redraws everything with the next frame. A terminal that shrinks and grows back between two frames has its old
    /// size, but has lost its content.
    pub(crate) fn doubt(&mut self) {
        self.doubtful = true;
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
        if !thread::panicking() {
            release_panics(&self.hook);
        }
    }
}

/// Removes from all cells what a terminal obeys or hides, such as a joiner that ratatui appends to the character before
/// it.
fn make_harmless(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if let Cow::Owned(marked) = text::printable(cell.symbol()) {
            let harmless: String = marked.chars().filter(|letter| *letter != text::MARK).collect();
            let shown = if harmless.is_empty() { text::MARK.to_string() } else { harmless };
            cell.set_symbol(&shown);
        }
    }
}

/// The owner of the mouse while the screen is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mouse {
    /// The screen: a click moves the cursor; with Shift the terminal selects text.
    Screen,
    /// The terminal, which selects text.
    Terminal,
}

/// Whether the screen has the mouse: there is one per process.
static HAS_MOUSE: AtomicBool = AtomicBool::new(true);

/// Sets the owner of the mouse for the next time that the terminal is taken over.
pub(crate) fn set_mouse(mouse: Mouse) {
    HAS_MOUSE.store(mouse == Mouse::Screen, Ordering::Release);
}

fn enter() -> io::Result<()> {
    OWNER.store(OURS, Ordering::Release);
    enable_raw_mode()?;
    // Pasted text arrives as one event: otherwise its letters would be commands.
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
    if HAS_MOUSE.load(Ordering::Acquire) { execute!(io::stdout(), EnableMouseCapture) } else { Ok(()) }
}

/// Errors are ignored: the terminal is lost, or it is as before.
fn leave() {
    // A second time would put the cursor back over text that was printed in between, such as the message of a panic.
    if OWNER.compare_exchange(OURS, RETURNING, Ordering::AcqRel, Ordering::Acquire).is_err() {
        return;
    }
    // This comes first: keys may be typed as soon as the shell's screen is back, and an Enter in raw mode does not
    // reach the shell.
    let _ = disable_raw_mode();
    let _ = farewell(&mut io::stdout());
    OWNER.store(SHELL, Ordering::Release);
}

/// The bytes that restore a terminal.
fn farewell(out: &mut impl Write) -> io::Result<()> {
    execute!(out, EndSynchronizedUpdate, DisableBracketedPaste, DisableMouseCapture, LeaveAlternateScreen, cursor::Show)
}

/// Restores what can be restored without waiting, for a process that will be ended from outside the screen's thread:
/// always the modes, and screen, cursor and mouse if the terminal accepts the bytes at once.
pub fn abandon() {
    if OWNER.swap(SHELL, Ordering::AcqRel) == SHELL {
        return;
    }
    let _ = disable_raw_mode();
    let mut words = Vec::new();
    if farewell(&mut words).is_err() {
        return;
    }
    // The terminal is opened again: standard output may be locked by a thread that waits in it.
    let Ok(mut terminal) = OpenOptions::new().write(true).custom_flags(NO_WAIT).open("/dev/tty") else { return };
    for _ in 0..PATIENCE {
        match terminal.write(&words) {
            Ok(written) if written < words.len() => drop(words.drain(..written)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(BREATH),
            _ => return,
        }
    }
}

/// Number of attempts of [`abandon`] on a slow terminal, and the time between two.
const PATIENCE: u32 = 10;
const BREATH: Duration = Duration::from_millis(10);
/// A write that would wait fails instead; the terminal does not become the controlling terminal of the process.
const NO_WAIT: i32 = libc::O_NONBLOCK | libc::O_NOCTTY;

fn guard_panics(screen: ThreadId) -> Arc<Hook> {
    let hook: Arc<Hook> = Arc::new(panic::take_hook());
    let previous = Arc::clone(&hook);
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == screen {
            leave();
            previous(info);
        } else {
            tracing::error!(panic = %info, "a thread panicked");
        }
    }));
    hook
}

fn release_panics(previous: &Arc<Hook>) {
    let previous = Arc::clone(previous);
    panic::set_hook(Box::new(move |info| previous(info)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_holds_what_a_terminal_hides() {
        let area = Rect::new(0, 0, 20, 1);
        let mut buffer = Buffer::empty(area);
        buffer.set_string(0, 0, "a\u{200d}b\u{e0100}c", ratatui::style::Style::new());
        buffer[(5, 0)].set_symbol("\u{2028}");
        buffer[(6, 0)].set_symbol("\x1b[2J");
        make_harmless(&mut buffer);
        let drawn: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(matches!(text::printable(&drawn), Cow::Borrowed(_)), "{drawn:?}");
        assert!(drawn.starts_with("abc") && drawn.contains(text::MARK), "{drawn:?}");
    }
}
