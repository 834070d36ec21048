//! What a body has of what it should have.
#[derive(Clone, Default, Debug)]
pub struct BodyShape;
#[derive(Clone, Default, Debug)]
pub struct BlockShape;
#[derive(Clone, Default, Debug)]
pub struct Content;
