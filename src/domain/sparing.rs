//! Long lists that take hardly more memory than what is in them.

/// A list that is shorter than this grows like any other.
const SHORT: usize = 1024;

/// Adds to a list that may become long. A list doubles its memory when it is full, so that up to half of it is empty; this one
/// grows by an eighth.
pub(super) fn push_sparingly<T>(list: &mut Vec<T>, one: T) {
    if list.len() == list.capacity() && list.len() >= SHORT {
        list.reserve_exact(list.len() / 8);
    }
    list.push(one);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_keeps_its_order_and_is_never_much_larger_than_what_is_in_it() {
        let mut list = Vec::new();
        for number in 0..100_000 {
            push_sparingly(&mut list, number);
            let room = list.capacity() - list.len();
            assert!(
                room <= SHORT.max(list.len() / 8),
                "{room} places of {} are empty",
                list.len()
            );
        }
        assert!(list.iter().copied().eq(0..100_000));
    }
}
