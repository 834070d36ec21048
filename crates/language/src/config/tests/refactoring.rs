//! Tests of refactoring.
