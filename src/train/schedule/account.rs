//! The budget's accounts: what each part of looking may take, owes, and took.

use crate::measurement::Measurement;

/// A time, or a debt where it is negative.
pub(super) type Nanoseconds = f64;

/// Weight of the newest time in a running mean: one step that was disturbed is no measure of the next.
const NEWEST: f64 = 0.2;

fn mean(before: Option<Nanoseconds>, newest: Nanoseconds) -> Nanoseconds {
    before.map_or(newest, |before| before + NEWEST * (newest - before))
}

/// One part of the budget.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    /// What looking may take now.
    credit: Nanoseconds,
    /// What one lane's looks take, a running mean.
    cost: Option<Nanoseconds>,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Accounts {
    accounts: [Account; Measurement::COUNT],
    /// What one lane's steps take, looking left out, a running mean.
    step: Nanoseconds,
}

impl Accounts {
    /// What one lane's next look at a part will take.
    fn cost(&self, part: Measurement) -> Nanoseconds {
        self.accounts[part as usize].cost.unwrap_or(part.definition().expected_cost * self.step)
    }

    /// Whether a part may be taken: what is always taken once nothing is owed, what is costly once it is saved up.
    pub(super) fn pays(&self, part: Measurement, lanes: u32) -> bool {
        let credit = self.accounts[part as usize].credit;
        match part {
            Measurement::Layers => credit >= 0.0,
            // Before the first step nothing is known.
            Measurement::Histograms | Measurement::Costly => {
                self.step > 0.0 && credit >= self.cost(part) * f64::from(lanes)
            }
        }
    }

    /// Puts down what measuring on all lanes will take; gives what it put down for one lane.
    pub(super) fn put_down(&mut self, measured: Option<Measurement>, lanes: u32) -> [Nanoseconds; Measurement::COUNT] {
        let mut owed = [0.0; Measurement::COUNT];
        for part in charged(measured) {
            owed[part as usize] = self.cost(part);
        }
        for (account, owed) in self.accounts.iter_mut().zip(owed) {
            account.credit -= owed * f64::from(lanes);
        }
        owed
    }

    /// Takes in one lane's step: what it earned, and how long it took beside measuring.
    pub(super) fn earn(&mut self, budget: f64, step: Nanoseconds, measuring: Nanoseconds) {
        self.step = mean((self.step > 0.0).then_some(self.step), step - measuring);
        for part in Measurement::ALL {
            self.accounts[part as usize].credit += part.definition().budget_share * budget * step;
        }
    }

    /// Takes in what measuring one lane took, in the place of what was put down for it.
    pub(super) fn settle(
        &mut self,
        measured: Measurement,
        owed: [Nanoseconds; Measurement::COUNT],
        spent: Nanoseconds,
    ) {
        // The layers are measured whatever else is.
        let layers = if measured == Measurement::Layers { spent } else { self.cost(Measurement::Layers).min(spent) };
        let mut took = [0.0; Measurement::COUNT];
        took[measured as usize] = spent - layers;
        took[Measurement::Layers as usize] = layers;
        for (account, (owed, took)) in self.accounts.iter_mut().zip(owed.into_iter().zip(took)) {
            account.credit += owed - took;
        }
        let newest = &mut self.accounts[measured as usize].cost;
        *newest = Some(mean(*newest, took[measured as usize]));
    }

    /// Takes back what was put down for one lane.
    pub(super) fn give_back(&mut self, owed: [Nanoseconds; Measurement::COUNT]) {
        for (account, owed) in self.accounts.iter_mut().zip(owed) {
            account.credit += owed;
        }
    }
}

/// The accounts that pay: that of the layers, and that of what is measured beyond them, which includes all between.
fn charged(measured: Option<Measurement>) -> impl Iterator<Item = Measurement> {
    let beyond = measured.filter(|part| *part > Measurement::Layers);
    measured.map(|_| Measurement::Layers).into_iter().chain(beyond)
}
