//! Texts that nobody writes: they may be refused, but never take the program down, hang, or use up
//! the stack.

mod extremes;
mod mutations;
