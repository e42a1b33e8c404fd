//! The accounts of the budget: what each part of measuring may take, owes, and took.

use crate::measurement::Measurement;

/// A time in nanoseconds; a negative credit is a debt.
pub(super) type Nanoseconds = f64;

/// Weight of the newest time in a running mean: a single disturbed step must not dominate.
const NEWEST: f64 = 0.2;

fn mean(before: Option<Nanoseconds>, newest: Nanoseconds) -> Nanoseconds {
    before.map_or(newest, |before| before + NEWEST * (newest - before))
}

/// One part of the budget.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    /// Time that measuring may take now.
    credit: Nanoseconds,
    /// Time that measuring one lane takes, a running mean.
    cost: Option<Nanoseconds>,
}

/// The accounts of all parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Accounts {
    accounts: [Account; Measurement::COUNT],
    /// Time of one lane's step without measuring, a running mean.
    step: Nanoseconds,
}

impl Accounts {
    /// Expected time of the next measurement of a part on one lane.
    fn cost(&self, part: Measurement) -> Nanoseconds {
        self.accounts[part as usize].cost.unwrap_or(part.definition().expected_cost * self.step)
    }

    /// Whether a part can be measured: the layers when nothing is owed, costly parts when their cost is saved up.
    pub(super) fn pays(&self, part: Measurement, lanes: u32) -> bool {
        let credit = self.accounts[part as usize].credit;
        match part {
            Measurement::Layers => credit >= 0.0,
            // Before the first step the costs are unknown.
            Measurement::Histograms | Measurement::Costly => {
                self.step > 0.0 && credit >= self.cost(part) * f64::from(lanes)
            }
        }
    }

    /// Charges the expected cost of measuring all lanes; returns the charges for one lane.
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

    /// Adds one lane's step: what it earned, and its time without measuring.
    pub(super) fn earn(&mut self, budget: f64, step: Nanoseconds, measuring: Nanoseconds) {
        self.step = mean((self.step > 0.0).then_some(self.step), step - measuring);
        for part in Measurement::ALL {
            self.accounts[part as usize].credit += part.definition().budget_share * budget * step;
        }
    }

    /// Replaces the charges for one lane by the time that measuring took.
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

    /// Returns the charges for one lane.
    pub(super) fn give_back(&mut self, owed: [Nanoseconds; Measurement::COUNT]) {
        for (account, owed) in self.accounts.iter_mut().zip(owed) {
            account.credit += owed;
        }
    }
}

/// The accounts that pay: that of the layers, and that of the highest measured part, which includes all between.
fn charged(measured: Option<Measurement>) -> impl Iterator<Item = Measurement> {
    let beyond = measured.filter(|part| *part > Measurement::Layers);
    measured.map(|_| Measurement::Layers).into_iter().chain(beyond)
}
