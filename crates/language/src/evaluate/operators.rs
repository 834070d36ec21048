//! Unary and binary operators.
