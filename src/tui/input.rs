//! Keys, the mouse, pasted text and changes of size, read on a thread of their own.
//!
//! ```text
//! terminal ─► thread "input" ─► queue, bounded ─► Input::take: what waits, at most so much at once
//!                   └─► Ctrl-C overtakes all that was typed before it
//! ```
//!
//! crossterm's reader may not come back from a terminal that went away, so that the screen's thread, which has to close
//! everything in order then, must not wait in it. What the queue does not hold waits in the terminal: nothing that was
//! typed is lost, and keys typed faster than the screen answers wait; the screen does not.

mod answer;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use ratatui::crossterm::event::{self, Event, MouseEventKind};

use self::answer::{Answers, Heard};
use super::keymap;
use super::theme::Background;

/// Events that wait for the screen at most: as many as the kernel's own queue holds bytes, so that a Ctrl-C behind that
/// many keys is read at once.
const CAPACITY: usize = 4096;
/// Time after which the thread checks whether the receiver is still there.
const LOOK: Duration = Duration::from_millis(50);
/// Time that the thread is given to begin: a terminal that went away never lets it.
const GREETING: Duration = Duration::from_millis(500);
/// Time after which keys that only begin like an answer are passed on.
const HELD: Duration = Duration::from_secs(1);
/// Time that the thread is given to end.
const FAREWELL: Duration = Duration::from_millis(200);

/// The receiving end. Dropping it ends the thread, so that what is typed from then on is the shell's.
#[derive(Debug)]
pub(super) struct Input {
    receiver: Receiver<io::Result<Event>>,
    answers: Receiver<Background>,
    signs: Arc<Signs>,
}

/// What both ends tell each other beside the queue.
#[derive(Debug, Default)]
struct Signs {
    /// The receiver is gone.
    over: AtomicBool,
    /// Ctrl-C was pressed.
    interrupted: AtomicBool,
}

impl Input {
    /// Starts to read. Comes back once changes of size are heard: one between the first frame and that would be
    /// missed, and its rows never drawn again.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn listen() -> io::Result<Self> {
        let (sender, receiver) = bounded(CAPACITY);
        let (answered, answers) = bounded(1);
        let signs = Arc::new(Signs::default());
        let seen = Arc::clone(&signs);
        let (begun, beginning) = bounded::<()>(0);
        Builder::new().name("input".to_owned()).spawn(move || {
            // crossterm listens for changes of size from its first call on.
            let _ = event::poll(Duration::ZERO);
            drop(begun);
            pass_on(&sender, &answered, &seen);
        })?;
        let _ = beginning.recv_timeout(GREETING);
        Ok(Self { receiver, answers, signs })
    }

    /// Waits for the terminal's answer to what its background is. Keys stay where they are meanwhile.
    pub(super) fn background(&self, wait: Duration) -> Option<Background> {
        self.answers.recv_timeout(wait).ok()
    }

    /// Waits for the next events and gives up to `most` of them, in order; none when none comes in time. Of places of
    /// the mouse and sizes that follow each other the last stands for all.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn take(&self, wait: Duration, most: usize) -> io::Result<Vec<Event>> {
        let first = match self.receiver.recv_timeout(wait) {
            Ok(event) => event?,
            Err(RecvTimeoutError::Timeout) => return Ok(Vec::new()),
            Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::NotConnected.into()),
        };
        let mut events = vec![first];
        for event in self.receiver.try_iter().take(most.saturating_sub(1)) {
            let event = event?;
            if let Some(last) = events.last_mut().filter(|last| is_superseded(last, &event)) {
                *last = event;
            } else {
                events.push(event);
            }
        }
        Ok(events)
    }

    /// Whether Ctrl-C was pressed, whatever else was typed before it.
    pub(super) fn is_interrupted(&self) -> bool {
        self.signs.interrupted.load(Ordering::Acquire)
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.signs.over.store(true, Ordering::Release);
        // Until the thread drops its end. It never does where the terminal is gone, and is not waited for then.
        while self.receiver.recv_timeout(FAREWELL).is_ok() {}
    }
}

/// Whether the next event of its kind makes an event superfluous.
fn is_superseded(event: &Event, next: &Event) -> bool {
    match (event, next) {
        (Event::Resize(..), Event::Resize(..)) => true,
        (Event::Mouse(event), Event::Mouse(next)) => {
            let moves = |kind| matches!(kind, MouseEventKind::Moved | MouseEventKind::Drag(_));
            event.kind == next.kind && moves(event.kind)
        }
        _ => false,
    }
}

fn pass_on(sender: &Sender<io::Result<Event>>, answered: &Sender<Background>, signs: &Signs) {
    let mut answers = Answers::default();
    let mut heard = Instant::now();
    while !signs.over.load(Ordering::Acquire) {
        let event = match event::poll(LOOK) {
            Ok(false) if answers.waits() && heard.elapsed() > HELD => Ok(Heard::Keys(answers.give_up())),
            Ok(false) => continue,
            Ok(true) => event::read().map(|event| answers.take(event)),
            Err(error) => Err(error),
        };
        heard = Instant::now();
        let events = match event {
            Ok(Heard::Keys(events)) => events,
            Ok(Heard::Part) => continue,
            Ok(Heard::Answer(background)) => {
                // A second one is of no use.
                let _ = background.map(|background| answered.try_send(background));
                continue;
            }
            Err(error) => {
                let _ = sender.send(Err(error));
                return;
            }
        };
        if events.iter().any(keymap::interrupts) {
            signs.interrupted.store(true, Ordering::Release);
        }
        for event in events {
            if sender.send(Ok(event)).is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent};

    use super::*;

    fn drag(column: u16) -> Event {
        let kind = MouseEventKind::Drag(MouseButton::Left);
        Event::Mouse(MouseEvent { kind, column, row: 0, modifiers: KeyModifiers::NONE })
    }

    #[test]
    fn a_batch_keeps_every_key_in_order_and_of_a_drag_its_end() {
        let (sender, receiver) = bounded(CAPACITY);
        let input = Input { receiver, answers: bounded(1).1, signs: Arc::default() };
        let key = |letter| Event::Key(KeyCode::Char(letter).into());
        let events =
            [key('a'), drag(1), drag(2), drag(3), key('b'), key('b'), Event::Resize(1, 1), Event::Resize(2, 2)];
        for event in events {
            sender.send(Ok(event)).unwrap();
        }
        let taken = input.take(Duration::ZERO, 7).unwrap();
        assert_eq!(taken, [key('a'), drag(3), key('b'), key('b'), Event::Resize(1, 1)]);
        assert_eq!(input.take(Duration::ZERO, 7).unwrap(), [Event::Resize(2, 2)]);
        assert!(input.take(Duration::ZERO, 7).unwrap().is_empty());
        drop(sender);
        assert!(input.take(Duration::ZERO, 7).is_err(), "the terminal is gone");
    }
}
