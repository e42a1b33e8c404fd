//! The budget's accounts: what each part of looking may take, owes, and took.

use crate::train::stepper::Look;

/// A time, or a debt where it is negative.
pub(super) type Nanoseconds = f64;

/// Weight of the newest time in a running mean: one step that was disturbed is no measure of the next.
const NEWEST: f64 = 0.2;

fn mean(before: Option<Nanoseconds>, newest: Nanoseconds) -> Nanoseconds {
    before.map_or(newest, |before| before + NEWEST * (newest - before))
}

/// A part of looking with an account of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CostPart {
    /// What every look takes.
    Always,
    /// What counting histograms adds.
    Histograms,
    /// What the costly quantities add, histograms included.
    Details,
}

impl CostPart {
    /// Number of parts.
    pub(super) const COUNT: usize = 3;
    const ALL: [Self; Self::COUNT] = [Self::Always, Self::Histograms, Self::Details];

    /// Part of the budget: most of it for the picture that grows step by step; of the rest more for the details, which
    /// cost so much that they come seldom anyway.
    fn share(self) -> f64 {
        match self {
            Self::Always => 0.75,
            Self::Histograms => 0.1,
            Self::Details => 0.15,
        }
    }

    /// What it costs in steps, as long as none was taken: twice of what was measured (`cargo bench --bench step`).
    fn guess(self) -> f64 {
        match self {
            Self::Always => 0.0,
            Self::Histograms => 0.4,
            Self::Details => 20.0,
        }
    }

    /// What a look takes beyond what is always taken.
    fn of(look: Look) -> Option<Self> {
        match look {
            Look::Away | Look::Gradients | Look::Everything => None,
            Look::Histograms => Some(Self::Histograms),
            Look::Detail => Some(Self::Details),
        }
    }
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
    accounts: [Account; CostPart::COUNT],
    /// What one lane's steps take, looking left out, a running mean.
    step: Nanoseconds,
}

impl Accounts {
    /// What one lane's next look at a part will take.
    fn cost(&self, part: CostPart) -> Nanoseconds {
        self.accounts[part as usize].cost.unwrap_or(part.guess() * self.step)
    }

    /// Whether a part may be taken: what is always taken once nothing is owed, what is costly once it is saved up.
    pub(super) fn pays(&self, part: CostPart, lanes: u32) -> bool {
        let credit = self.accounts[part as usize].credit;
        match part {
            CostPart::Always => credit >= 0.0,
            // Before the first step nothing is known.
            CostPart::Histograms | CostPart::Details => self.step > 0.0 && credit >= self.cost(part) * f64::from(lanes),
        }
    }

    /// Puts down what a look at all lanes will take; gives it back for one lane.
    pub(super) fn put_down(&mut self, look: Look, lanes: u32) -> [Nanoseconds; CostPart::COUNT] {
        let mut owed = [0.0; CostPart::COUNT];
        if look.is_at_layers() {
            owed[CostPart::Always as usize] = self.cost(CostPart::Always);
        }
        if let Some(part) = CostPart::of(look) {
            owed[part as usize] = self.cost(part);
        }
        for (account, owed) in self.accounts.iter_mut().zip(owed) {
            account.credit -= owed * f64::from(lanes);
        }
        owed
    }

    /// Takes in one lane's step: what it earned, and what it took beside looking.
    pub(super) fn earn(&mut self, budget: f64, step: Nanoseconds, looking: Nanoseconds) {
        self.step = mean((self.step > 0.0).then_some(self.step), step - looking);
        for part in CostPart::ALL {
            self.accounts[part as usize].credit += part.share() * budget * step;
        }
    }

    /// Takes in what one lane's look took, in the place of what was put down for it.
    pub(super) fn settle(&mut self, look: Look, owed: [Nanoseconds; CostPart::COUNT], spent: Nanoseconds) {
        if !look.is_at_layers() {
            return;
        }
        // A closer look takes in what is always taken.
        let part = CostPart::of(look);
        let always = if part.is_none() { spent } else { self.cost(CostPart::Always).min(spent) };
        let mut took = [0.0; CostPart::COUNT];
        took[CostPart::Always as usize] = always;
        if let Some(part) = part {
            took[part as usize] = spent - always;
        }
        for (account, (owed, took)) in self.accounts.iter_mut().zip(owed.into_iter().zip(took)) {
            account.credit += owed - took;
        }
        let newest = part.unwrap_or(CostPart::Always) as usize;
        self.accounts[newest].cost = Some(mean(self.accounts[newest].cost, took[newest]));
    }

    /// Takes back what was put down for one lane.
    pub(super) fn give_back(&mut self, owed: [Nanoseconds; CostPart::COUNT]) {
        for (account, owed) in self.accounts.iter_mut().zip(owed) {
            account.credit += owed;
        }
    }
}
