//! What every crate of provision shares: values, types, addresses and attribute schemas.
//!
//! Architecture invariant: this crate does no input or output, reads no clock and is never
//! asynchronous. It knows neither the syntax of configurations nor any AWS service.

pub mod address;
pub mod convert;
mod convertible;
pub mod display;
mod equality;
pub mod facts;
pub mod json;
pub mod marks;
pub mod number;
pub mod phase;
pub mod schema;
pub mod types;
mod unify;
pub mod unknown;
pub mod value;

pub use facts::Catalogue;
pub use marks::Marks;
pub use number::Number;
pub use phase::Phase;
pub use types::{ObjectType, Type};
pub use unknown::{Bound, Refinement, Unknown};
pub use value::{Fields, Kind, Value};
