//! Reading YAML into values: mappings become objects, sequences tuples, and what scalars mean
//! follows from their text.

use std::collections::HashMap;

use provision_schema::{Kind as ValueKind, Type, Value};

use super::super::text::quoted;
use super::resolve::{Resolved, resolve};
use super::scanner::{Kind, MAX_DEPTH, Mark, Scanner, Style};

/// References to anchors may not blow a document up to more values than this.
const MAX_VALUES: usize = 1_000_000;

const MAPPING_TAG: &str = "tag:yaml.org,2002:map";
const SEQUENCE_TAG: &str = "tag:yaml.org,2002:seq";

type Result<T> = std::result::Result<T, String>;

/// A value with its measures, which references to it add up.
#[derive(Clone)]
struct Measured {
    value: Value,
    count: usize,
    depth: usize,
}

/// How a node begins.
struct Start {
    mark: Mark,
    anchor: Option<String>,
    tag: String,
    node: Node,
}

enum Node {
    Alias(String),
    Scalar(String, Style),
    BlockSequence,
    IndentlessSequence,
    FlowSequence,
    BlockMapping,
    FlowMapping,
}

enum Anchor {
    /// We are inside its definition.
    Open,
    Done(Measured),
}

pub(super) fn decode(text: &str) -> Result<Value> {
    let mut decoder = Decoder {
        scanner: Scanner::new(text)?,
        tags: HashMap::new(),
        anchors: HashMap::new(),
        depth: 0,
        count: 0,
    };
    decoder.document()
}

/// The message with its place, as far as lines after the first have one.
fn error<T>(mark: Mark, problem: impl std::fmt::Display) -> Result<T> {
    Err(match mark.line {
        0 => problem.to_string(),
        line => format!("on line {line}, column {}: {problem}", mark.column + 1),
    })
}

struct Decoder {
    scanner: Scanner,
    /// Prefixes of tags by their handles.
    tags: HashMap<String, String>,
    anchors: HashMap<String, Anchor>,
    depth: usize,
    count: usize,
}

impl Decoder {
    fn document(&mut self) -> Result<Value> {
        let (kind, mark) = self.peek()?;
        if kind == Kind::StreamEnd {
            return error(mark, "missing start of document");
        }
        let explicit = matches!(
            kind,
            Kind::VersionDirective(..) | Kind::TagDirective { .. } | Kind::DocumentStart
        );
        self.document_start(explicit)?;
        let (kind, mark) = self.peek()?;
        let is_empty = matches!(
            kind,
            Kind::VersionDirective(..)
                | Kind::TagDirective { .. }
                | Kind::DocumentStart
                | Kind::DocumentEnd
                | Kind::StreamEnd
        );
        let value = match is_empty && explicit {
            true => self.finish(empty(mark))?.value,
            false => self.node(true, false)?.value,
        };
        while self.peek()?.0 == Kind::DocumentEnd {
            self.scanner.skip_token();
        }
        let (kind, mark) = self.peek()?;
        if kind == Kind::StreamEnd {
            return Ok(value);
        }
        self.document_start(true)?;
        error(mark, "unexpected extra content after value")
    }

    fn peek(&mut self) -> Result<(Kind, Mark)> {
        let token = self.scanner.peek()?;
        Ok((token.kind.clone(), token.start))
    }

    /// Like `peek` without the cost of copying texts.
    fn is_next(&mut self, kinds: &[Kind]) -> Result<bool> {
        let token = self.scanner.peek()?;
        Ok(kinds.contains(&token.kind))
    }

    fn next_mark(&mut self) -> Result<Mark> {
        Ok(self.scanner.peek()?.start)
    }

    fn document_start(&mut self, explicit: bool) -> Result<()> {
        self.tags.clear();
        let mut has_version = false;
        if explicit {
            loop {
                let (kind, mark) = self.peek()?;
                match kind {
                    Kind::VersionDirective(..) if has_version => {
                        return error(mark, "found duplicate %YAML directive");
                    }
                    Kind::VersionDirective(1, 1) => has_version = true,
                    Kind::VersionDirective(..) => {
                        return error(mark, "found incompatible YAML document");
                    }
                    Kind::TagDirective { handle, prefix } => {
                        if self.tags.insert(handle, prefix).is_some() {
                            return error(mark, "found duplicate %TAG directive");
                        }
                    }
                    Kind::DocumentStart => {
                        self.scanner.skip_token();
                        break;
                    }
                    _ => return error(mark, "did not find expected <document start>"),
                }
                self.scanner.skip_token();
            }
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            self.tags.entry(handle.to_owned()).or_insert_with(|| prefix.to_owned());
        }
        Ok(())
    }

    fn node(&mut self, in_block: bool, indentless: bool) -> Result<Measured> {
        let start = self.start(in_block, indentless)?;
        self.finish(start)
    }

    /// Reads how a node begins. A sequence in a mapping need not be indented.
    fn start(&mut self, in_block: bool, indentless: bool) -> Result<Start> {
        let (kind, mark) = self.peek()?;
        if let Kind::Alias(name) = kind {
            self.scanner.skip_token();
            return Ok(Start { node: Node::Alias(name), ..empty(mark) });
        }
        let mut start = empty(mark);
        let mut has_properties = false;
        let mut has_tag = false;
        loop {
            let (kind, tag_mark) = self.peek()?;
            match kind {
                Kind::Anchor(name) if start.anchor.is_none() => start.anchor = Some(name),
                Kind::Tag { handle, suffix } if !has_tag => {
                    has_tag = true;
                    start.tag = match self.tags.get(&handle) {
                        _ if handle.is_empty() => suffix,
                        Some(prefix) => format!("{prefix}{suffix}"),
                        None => return error(tag_mark, "found undefined tag handle"),
                    };
                }
                _ => break,
            }
            has_properties = true;
            self.scanner.skip_token();
        }
        let (kind, found) = self.peek()?;
        start.node = match kind {
            Kind::BlockEntry if indentless => {
                return Ok(Start { node: Node::IndentlessSequence, ..start });
            }
            Kind::Scalar(text, style) => Node::Scalar(text, style),
            Kind::FlowSequenceStart => Node::FlowSequence,
            Kind::FlowMappingStart => Node::FlowMapping,
            Kind::BlockSequenceStart if in_block => Node::BlockSequence,
            Kind::BlockMappingStart if in_block => Node::BlockMapping,
            _ if has_properties => return Ok(start),
            _ => return error(found, "did not find expected node content"),
        };
        self.scanner.skip_token();
        Ok(start)
    }

    /// Reads the rest of a node.
    fn finish(&mut self, start: Start) -> Result<Measured> {
        let Start { mark, anchor, tag, node } = start;
        let is_mapping = matches!(node, Node::BlockMapping | Node::FlowMapping);
        match &node {
            Node::Alias(name) => return self.alias(name, mark),
            Node::Scalar(..) => (),
            _ if is_mapping && !tag.is_empty() && tag != MAPPING_TAG => {
                return error(mark, format_args!("can't interpret mapping as {tag}"));
            }
            _ if !is_mapping && !tag.is_empty() && tag != SEQUENCE_TAG => {
                return error(mark, format_args!("can't interpret sequence as {tag}"));
            }
            _ => (),
        }
        if let Some(anchor) = &anchor {
            self.anchors.insert(anchor.clone(), Anchor::Open);
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return error(mark, "exceeded max depth");
        }
        let result = match node {
            Node::Scalar(text, style) => {
                let value = match resolve(&tag, &text, style) {
                    Ok(Resolved::Value(value)) => match style {
                        // Whatever it was read as, a block is a string.
                        Style::Literal | Style::Folded if tag.is_empty() => as_string(value),
                        _ => value,
                    },
                    Ok(Resolved::Merge) if tag.is_empty() => Value::from(text),
                    Ok(Resolved::Merge) => {
                        return error(mark, format_args!("unsupported tag {tag:?}"));
                    }
                    Err(problem) => return error(mark, problem),
                };
                Measured { value, count: 1, depth: 1 }
            }
            Node::BlockSequence => self.sequence(Self::block_sequence)?,
            Node::IndentlessSequence => self.sequence(Self::indentless_sequence)?,
            Node::FlowSequence => {
                self.sequence(|decoder, elements| decoder.flow_sequence(mark, elements))?
            }
            Node::BlockMapping => self.mapping(Self::block_mapping)?,
            Node::FlowMapping => {
                self.mapping(|decoder, entries| decoder.flow_mapping(mark, entries))?
            }
            Node::Alias(name) => self.alias(&name, mark)?,
        };
        self.depth -= 1;
        self.count = self.count.saturating_add(1);
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Anchor::Done(result.clone()));
        }
        Ok(result)
    }

    fn alias(&mut self, name: &str, mark: Mark) -> Result<Measured> {
        let found = match self.anchors.get(name) {
            Some(Anchor::Done(found)) => found.clone(),
            Some(Anchor::Open) => {
                let name = quoted(name);
                return error(
                    mark,
                    format_args!("cannot refer to anchor {name} from inside its own definition"),
                );
            }
            None => {
                let name = quoted(name);
                return error(mark, format_args!("reference to undefined anchor {name}"));
            }
        };
        self.count = self.count.saturating_add(found.count);
        if self.count > MAX_VALUES || self.depth + found.depth > MAX_DEPTH {
            return error(mark, "document contains excessive aliasing");
        }
        Ok(found)
    }

    fn sequence(
        &mut self,
        read: impl FnOnce(&mut Decoder, &mut Vec<Measured>) -> Result<()>,
    ) -> Result<Measured> {
        let mut elements = Vec::new();
        read(self, &mut elements)?;
        let (count, depth) = measure(elements.iter());
        let values: Vec<Value> = elements.into_iter().map(|element| element.value).collect();
        Ok(Measured { value: Value::tuple(values), count, depth })
    }

    fn block_sequence(&mut self, elements: &mut Vec<Measured>) -> Result<()> {
        loop {
            if self.is_next(&[Kind::BlockEntry])? {
                self.scanner.skip_token();
                let ends = self.is_next(&[Kind::BlockEntry, Kind::BlockEnd])?;
                elements.push(self.node_unless(ends, true, false)?);
            } else if self.is_next(&[Kind::BlockEnd])? {
                self.scanner.skip_token();
                return Ok(());
            } else {
                return error(self.next_mark()?, "did not find expected '-' indicator");
            }
        }
    }

    fn indentless_sequence(&mut self, elements: &mut Vec<Measured>) -> Result<()> {
        while self.is_next(&[Kind::BlockEntry])? {
            self.scanner.skip_token();
            let ends = self.is_next(&[Kind::BlockEntry, Kind::Key, Kind::Value, Kind::BlockEnd])?;
            elements.push(self.node_unless(ends, true, false)?);
        }
        Ok(())
    }

    fn flow_sequence(&mut self, _: Mark, elements: &mut Vec<Measured>) -> Result<()> {
        let mut is_first = true;
        loop {
            if !is_first && !self.is_next(&[Kind::FlowSequenceEnd])? {
                if !self.is_next(&[Kind::FlowEntry])? {
                    return error(self.next_mark()?, "did not find expected ',' or ']'");
                }
                self.scanner.skip_token();
            }
            is_first = false;
            if self.is_next(&[Kind::FlowSequenceEnd])? {
                self.scanner.skip_token();
                return Ok(());
            }
            elements.push(if self.is_next(&[Kind::Key])? {
                self.scanner.skip_token();
                self.mapping(Self::single_pair)?
            } else {
                self.node(false, false)?
            });
        }
    }

    /// A mapping of one entry, written without braces in a sequence.
    fn single_pair(&mut self, entries: &mut Vec<(String, Measured)>) -> Result<()> {
        const ENDS: [Kind; 2] = [Kind::FlowEntry, Kind::FlowSequenceEnd];
        let key = if self.is_next(&ENDS)? || self.is_next(&[Kind::Value])? {
            let mark = self.next_mark()?;
            self.scanner.skip_token();
            empty(mark)
        } else {
            self.start(false, false)?
        };
        self.entry(key, entries, |decoder| {
            if !decoder.is_next(&[Kind::Value])? {
                return decoder.node_unless(true, false, false);
            }
            decoder.scanner.skip_token();
            let ends = decoder.is_next(&ENDS)?;
            decoder.node_unless(ends, false, false)
        })
    }

    /// The next node, or null where there is none.
    fn node_unless(
        &mut self,
        is_empty: bool,
        in_block: bool,
        indentless: bool,
    ) -> Result<Measured> {
        match is_empty {
            true => {
                let mark = self.next_mark()?;
                self.finish(empty(mark))
            }
            false => self.node(in_block, indentless),
        }
    }

    fn mapping(
        &mut self,
        read: impl FnOnce(&mut Decoder, &mut Vec<(String, Measured)>) -> Result<()>,
    ) -> Result<Measured> {
        let mut entries = Vec::new();
        read(self, &mut entries)?;
        let (count, depth) = measure(entries.iter().map(|(_, value)| value));
        let fields = entries.into_iter().map(|(key, measured)| {
            let key = Value::from(key);
            (key.as_arc_str().cloned().unwrap_or_default(), measured.value)
        });
        Ok(Measured { value: Value::object(fields.collect()), count, depth })
    }

    fn block_mapping(&mut self, entries: &mut Vec<(String, Measured)>) -> Result<()> {
        const ENDS: [Kind; 3] = [Kind::Key, Kind::Value, Kind::BlockEnd];
        loop {
            if self.is_next(&[Kind::BlockEnd])? {
                self.scanner.skip_token();
                return Ok(());
            }
            if !self.is_next(&[Kind::Key])? {
                return error(self.next_mark()?, "did not find expected key");
            }
            let mark = self.next_mark()?.after(1);
            self.scanner.skip_token();
            let key = match self.is_next(&ENDS)? {
                true => empty(mark),
                false => self.start(true, true)?,
            };
            self.entry(key, entries, |decoder| {
                if !decoder.is_next(&[Kind::Value])? {
                    return decoder.node_unless(true, true, true);
                }
                decoder.scanner.skip_token();
                let ends = decoder.is_next(&ENDS)?;
                decoder.node_unless(ends, true, true)
            })?;
        }
    }

    fn flow_mapping(&mut self, _: Mark, entries: &mut Vec<(String, Measured)>) -> Result<()> {
        const ENDS: [Kind; 2] = [Kind::FlowEntry, Kind::FlowMappingEnd];
        let mut is_first = true;
        loop {
            if !is_first && !self.is_next(&[Kind::FlowMappingEnd])? {
                if !self.is_next(&[Kind::FlowEntry])? {
                    return error(self.next_mark()?, "did not find expected ',' or '}'");
                }
                self.scanner.skip_token();
            }
            is_first = false;
            if self.is_next(&[Kind::FlowMappingEnd])? {
                self.scanner.skip_token();
                return Ok(());
            }
            let mark = self.next_mark()?.after(1);
            let has_key = self.is_next(&[Kind::Key])?;
            if has_key {
                self.scanner.skip_token();
            }
            let is_empty = has_key && (self.is_next(&ENDS)? || self.is_next(&[Kind::Value])?);
            let key = match is_empty {
                true => empty(mark),
                false => self.start(false, false)?,
            };
            self.entry(key, entries, |decoder| {
                if !has_key || !decoder.is_next(&[Kind::Value])? {
                    return decoder.node_unless(true, false, false);
                }
                decoder.scanner.skip_token();
                let ends = decoder.is_next(&ENDS)?;
                decoder.node_unless(ends, false, false)
            })?;
        }
    }

    /// One entry of a mapping, or those that it merges in.
    fn entry(
        &mut self,
        key: Start,
        entries: &mut Vec<(String, Measured)>,
        value: impl FnOnce(&mut Decoder) -> Result<Measured>,
    ) -> Result<()> {
        const NO_STRING: &str = "only strings are allowed as mapping keys";
        let Node::Scalar(text, style) = &key.node else { return error(key.mark, NO_STRING) };
        let name = match resolve(&key.tag, text, *style)? {
            Resolved::Merge => {
                let merged = value(self)?;
                // A sequence merges each of its mappings.
                let (mappings, place) = match merged.value.kind() {
                    ValueKind::Tuple(elements) => (&**elements, " (from sequence)"),
                    _ => (std::slice::from_ref(&merged.value), ""),
                };
                for mapping in mappings {
                    let Some(fields) = mapping.as_fields() else {
                        let name = mapping.ty().friendly_name();
                        let text = format_args!("cannot merge {name}{place} into mapping");
                        return error(key.mark, text);
                    };
                    let measured = |value: &Value| Measured {
                        value: value.clone(),
                        count: merged.count,
                        depth: merged.depth,
                    };
                    let fields = fields.iter();
                    entries.extend(fields.map(|(key, value)| (key.to_string(), measured(value))));
                }
                self.count = self.count.saturating_add(merged.count);
                if self.count > MAX_VALUES {
                    return error(key.mark, "document contains excessive aliasing");
                }
                return Ok(());
            }
            Resolved::Value(value) => match value.kind() {
                ValueKind::String(text) => text.to_string(),
                ValueKind::Number(number) => number.to_string(),
                ValueKind::Bool(value) => value.to_string(),
                _ => return error(key.mark, "mapping key cannot be null"),
            },
        };
        let value = value(self)?;
        entries.push((name, value));
        Ok(())
    }
}

fn as_string(value: Value) -> Value {
    match value.kind() {
        ValueKind::Null(_) => Value::null(Type::String),
        ValueKind::Number(number) => number.to_string().into(),
        ValueKind::Bool(value) => value.to_string().into(),
        _ => value,
    }
}

/// A node of no characters.
fn empty(mark: Mark) -> Start {
    let node = Node::Scalar(String::new(), Style::Plain);
    Start { mark, anchor: None, tag: String::new(), node }
}

fn measure<'a>(parts: impl Iterator<Item = &'a Measured>) -> (usize, usize) {
    parts.fold((1, 1), |(count, depth), part| {
        (count.saturating_add(part.count), depth.max(part.depth + 1))
    })
}

/// The type of the document, known without its values.
pub(super) fn type_of(text: &str) -> Result<Type> {
    decode(text).map(|value| value.ty())
}
