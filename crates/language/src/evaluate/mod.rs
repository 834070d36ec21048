//! Evaluates expressions and templates in a scope.

mod access;
mod call;
mod explain;
mod expression;
mod limits;
mod operators;
mod templates;

use std::sync::Arc;

use provision_schema::{Kind, Number, Value};

pub use access::{access, get_attribute, get_index};
pub use call::SPECIAL as SPECIAL_FUNCTIONS;
pub use explain::explain;
pub use expression::evaluate;
pub use templates::evaluate_template;

use crate::ast::Reference;
use crate::diagnostics::Diagnostics;
use crate::functions::FunctionContext;

/// Gives values to the names that are not bound inside the expression itself.
pub trait Resolver {
    /// The value of the reference's root together with as many of its first steps as the
    /// resolver wants to look at itself, and the number of those steps. What is wrong
    /// is said in `diagnostics`, and the value is then `Value::dynamic()`.
    ///
    /// A resolver that knows single resource instances looks at `aws_x.name[key]` as a
    /// whole, so that a reference to one instance does not need all of them.
    fn resolve(
        &self,
        reference: &Reference,
        scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> (Value, usize);

    /// Whether what is unknown here becomes known by applying. Otherwise it was merely not given.
    fn applying_tells(&self) -> bool {
        true
    }
}

/// Names and functions that an expression can use.
pub struct Scope<'a> {
    pub resolver: &'a dyn Resolver,
    pub functions: &'a FunctionContext,
    /// Names bound by `for`, `dynamic` and templates, the innermost last.
    variables: Vec<(Arc<str>, Value)>,
    /// Whether errors tell the values behind them. Pointless where nobody will see the error.
    explains: bool,
}

impl<'a> Scope<'a> {
    pub fn new(resolver: &'a dyn Resolver, functions: &'a FunctionContext) -> Scope<'a> {
        Scope { resolver, functions, variables: Vec::new(), explains: true }
    }

    /// The same scope with more names, which hide those of the same name.
    pub fn with(&self, names: impl IntoIterator<Item = (Arc<str>, Value)>) -> Scope<'a> {
        let mut variables = self.variables.clone();
        variables.extend(names);
        Scope { variables, ..*self }
    }

    /// The same scope where errors do not tell the values behind them.
    fn without_explanations(&self) -> Scope<'a> {
        Scope { variables: self.variables.clone(), explains: false, ..*self }
    }

    /// A name bound by `for`, `dynamic` or a template.
    pub fn variable(&self, name: &str) -> Option<&Value> {
        let found = self.variables.iter().rev().find(|(bound, _)| **bound == *name)?;
        Some(&found.1)
    }
}

/// What `for`, `dynamic` and templates go through.
pub enum Iteration {
    /// Keys and values; a set's elements are their own keys.
    Elements(Vec<(Value, Value)>),
    Unknown,
    /// Neither a collection nor a structure.
    Impossible,
}

/// The elements of a value that is not null and carries no marks at its top level.
pub fn iterate(collection: &Value) -> Iteration {
    match collection.kind() {
        Kind::List(_, elements) | Kind::Tuple(elements) => {
            let keys = (0..elements.len()).map(|index| Value::number(Number::from(index)));
            Iteration::Elements(keys.zip(elements.iter().cloned()).collect())
        }
        // Elements of which parts are unknown are gone through nevertheless, though they may turn
        // out to be the same: the options to validate a certificate are such a set.
        Kind::Set(_, elements) => {
            Iteration::Elements(elements.iter().map(|it| (it.clone(), it.clone())).collect())
        }
        Kind::Map(_, fields) | Kind::Object(fields) => {
            let entry = |(key, value): &(Arc<str>, Value)| {
                (Value::from(Kind::String(key.clone())), value.clone())
            };
            Iteration::Elements(fields.iter().map(entry).collect())
        }
        Kind::Unknown(unknown) if unknown.ty.is_primitive() => Iteration::Impossible,
        Kind::Unknown(_) => Iteration::Unknown,
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => Iteration::Impossible,
    }
}

/// A resolver for a fixed set of names, as in `templatefile` and in tests.
pub struct Names(pub Vec<(Arc<str>, Value)>);

impl Resolver for Names {
    fn resolve(
        &self,
        reference: &Reference,
        _scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> (Value, usize) {
        let name = &reference.root;
        match self.0.iter().find(|(bound, _)| *bound == name.text) {
            Some((_, value)) => (value.clone(), 0),
            None => {
                let detail = format!("There is no variable named {:?}.", &*name.text);
                diagnostics.error("Unknown variable", detail, name.span);
                (Value::dynamic(), 0)
            }
        }
    }
}
