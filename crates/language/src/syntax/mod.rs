//! From text to syntax tree: native syntax, JSON syntax, templates and single expressions.
