//! Reads keys, the mouse, pasted text and changes of size on a thread of its own.
//!
//! ```text
//! terminal ─► thread "input" ─► queue, bounded ─► Input::take: waiting events, a limited number at once
//!                   └─► Ctrl-C overtakes everything that was typed before it
//! ```
//!
//! crossterm's reader may not return from a terminal that is lost, so that the screen's thread, which must then close
//! everything in order, must not wait in it. When the queue is full, events wait in the terminal: nothing that was
//! typed is lost, and the screen does not wait for it.

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

/// Maximum number of events that wait for the screen: as many as the kernel's own queue holds bytes, so that a Ctrl-C
/// after that many keys is read at once.
const CAPACITY: usize = 4096;
/// Interval at which the thread checks whether the receiver still exists.
const LOOK: Duration = Duration::from_millis(50);
/// Time for the thread to begin: on a terminal that is lost it never does.
const GREETING: Duration = Duration::from_millis(500);
/// Time after which keys that only begin like an answer are passed on.
const HELD: Duration = Duration::from_secs(1);
/// Time for the thread to end.
const FAREWELL: Duration = Duration::from_millis(200);

/// The receiving end. Dropping it ends the thread, so that keys typed later belong to the shell.
#[derive(Debug)]
pub(super) struct Input {
    receiver: Receiver<io::Result<Event>>,
    answers: Receiver<Background>,
    signs: Arc<Signs>,
}

/// The flags that both ends share beside the queue.
#[derive(Debug, Default)]
struct Signs {
    /// The receiver is dropped.
    over: AtomicBool,
    /// Ctrl-C was pressed.
    interrupted: AtomicBool,
}

impl Input {
    /// Starts to read. Returns when changes of size are received: one between the first frame and that moment would be
    /// missed, and its rows never drawn again.
    ///
    /// # Errors
    /// Fails when the system cannot start a thread.
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

    /// Waits for the terminal's answer about its background. Keys stay in the queue meanwhile.
    pub(super) fn background(&self, wait: Duration) -> Option<Background> {
        self.answers.recv_timeout(wait).ok()
    }

    /// Waits for the next events and returns up to `most` of them, in order; none if none comes in time. Only the last
    /// of consecutive mouse positions and sizes is returned.
    ///
    /// # Errors
    /// Fails when the terminal is lost.
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

    /// Whether Ctrl-C was pressed, whatever was typed before it.
    pub(super) fn is_interrupted(&self) -> bool {
        self.signs.interrupted.load(Ordering::Acquire)
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.signs.over.store(true, Ordering::Release);
        // This waits until the thread drops its end. If the terminal is lost, it never does, and the wait ends by the
        // time limit.
        while self.receiver.recv_timeout(FAREWELL).is_ok() {}
    }
}

/// Whether the next event of the same kind replaces an event.
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
                // A second one is not needed.
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
