//! The only list of what can be read: two backends, each with and without recomputing activations. The type of a Burn
//! tensor does not show its backend; the type of a primitive does.

/// Runs `$body` with the tensor as a tracked primitive of backend `$B` and strategy `$C`, and returns its result from
/// the surrounding function; continues after it if the tensor is none of these.
///
/// The tensor is cloned: a body that needs the memory for itself drops the tensor first.
macro_rules! on_known_backend {
    ($tensor:expr, |$primitive:ident: $B:ident, $C:ident| $body:expr) => {
        on_known_backend!(@each $tensor, $primitive, $B, $C, $body,
            (burn::backend::Flex, NoCheckpointing),
            (burn::backend::NdArray, NoCheckpointing),
            (burn::backend::Flex, BalancedCheckpointing),
            (burn::backend::NdArray, BalancedCheckpointing))
    };
    (@each $tensor:expr, $primitive:ident, $B:ident, $C:ident, $body:expr, $(($backend:ty, $strategy:ident)),+) => {
        $(
            #[allow(deprecated)] // ndarray is offered although Burn deprecates it
            {
                use burn::backend::autodiff::checkpoint::strategy::$strategy;
                if let Ok($primitive) =
                    $tensor.clone().try_into_primitive::<burn::backend::Autodiff<$backend, $strategy>>()
                {
                    type $B = $backend;
                    type $C = $strategy;
                    return $body;
                }
            }
        )+
    };
}

pub(crate) use on_known_backend;
