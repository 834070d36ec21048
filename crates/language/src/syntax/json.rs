//! The JSON syntax.
