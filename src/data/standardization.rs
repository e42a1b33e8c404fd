//! Standardization to mean 0 and deviation 1 per channel, with the statistics of the training part: a channel is a
//! column of a table or a colour of a picture. Two passes in f64; a constant channel becomes 0.

use super::Split;

/// How the numbers of an example belong to channels: `plane` consecutive numbers each, channel after channel, at least
/// one of both.
#[derive(Clone, Copy, Debug)]
pub(super) struct Channels {
    pub(super) count: usize,
    pub(super) plane: usize,
}

/// Moves and scales both parts by the mean and the deviation of the training part.
pub(super) fn standardize(training: &mut Split, held_out: &mut Split, channels: Channels) {
    let means = channel_means(&training.inputs, channels, |_, value| value);
    let variances = channel_means(&training.inputs, channels, |channel, value| (value - means[channel]).powi(2));
    let scale = |variance: &f64| if *variance > 0.0 { variance.sqrt().recip() } else { 0.0 };
    let scales: Vec<f64> = variances.iter().map(scale).collect();
    for split in [training, held_out] {
        for (index, values) in split.inputs.chunks_mut(channels.plane).enumerate() {
            let channel = index % channels.count;
            for value in values {
                *value = ((f64::from(*value) - means[channel]) * scales[channel]) as f32;
            }
        }
    }
}

/// Mean of a term of the numbers of each channel.
fn channel_means(values: &[f32], channels: Channels, term: impl Fn(usize, f64) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; channels.count];
    for (index, values) in values.chunks(channels.plane).enumerate() {
        let channel = index % channels.count;
        sums[channel] = values.iter().fold(sums[channel], |sum, value| sum + term(channel, f64::from(*value)));
    }
    let each = (values.len() / channels.count) as f64;
    sums.into_iter().map(|sum| sum / each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_has_mean_0_and_deviation_1_by_the_training_part_alone() {
        // Two examples of two channels of two numbers: 1, 3, 5, 7 (mean 4, deviation √5) and four times 9.
        let mut training = Split { inputs: vec![1.0, 3.0, 9.0, 9.0, 5.0, 7.0, 9.0, 9.0], targets: vec![0, 1] };
        let mut held_out = Split { inputs: vec![4.0, 14.0, 9.0, 8.0], targets: vec![0] };
        standardize(&mut training, &mut held_out, Channels { count: 2, plane: 2 });
        let deviation = 5.0_f64.sqrt();
        let scaled = [-3.0, -1.0, 0.0, 0.0, 1.0, 3.0, 0.0, 0.0].map(|value| (value / deviation) as f32);
        assert_eq!(training.inputs, scaled);
        assert_eq!(held_out.inputs, [0.0, (10.0 / deviation) as f32, 0.0, 0.0]);
    }
}
