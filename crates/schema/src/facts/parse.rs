//! Reads the text of facts into a schema.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::{Protocol, ResourceFacts};
use crate::phase::Phase;
use crate::schema::{
    AttributeSchema, BlockSchema, Format, NestedBlock, Nesting, Path, Relations, Replacement,
    ReplacementRule, Rules, Schema,
};
use crate::{Number, Type, Value};

/// Why a text of facts cannot be read: always a mistake in this repository.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{kind}: {place}: {problem}")]
pub struct FactsError {
    kind: String,
    place: String,
    problem: String,
}

type Object = Map<String, Json>;

pub(super) fn facts(
    kind: &'static str,
    phase: Phase,
    text: &str,
) -> Result<ResourceFacts, FactsError> {
    let error = |place: &str, problem: String| FactsError {
        kind: kind.to_owned(),
        place: place.to_owned(),
        problem,
    };
    let root: Json = serde_json::from_str(text).map_err(|it| error("text", it.to_string()))?;
    let Json::Object(mut root) = root else {
        return Err(error("text", "not an object".to_owned()));
    };
    let known =
        ["attributes", "blocks", "timeouts", "protocol", "schema_version", "import_id", "notes"];
    if let Some(key) = root.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(error(key, "unknown key".to_owned()));
    }
    let timeouts = match root.get("timeouts") {
        Some(Json::Object(timeouts)) => timeouts
            .iter()
            .filter_map(|(name, text)| Some((Arc::from(name.as_str()), text.as_str()?.into())))
            .collect(),
        _ => BTreeMap::new(),
    };
    add_timeouts_block(&mut root, &timeouts);

    let mut reader = Reader { root: &root, shared: HashMap::new(), place: Vec::new() };
    let block = reader.block(&mut vec![&root]).map_err(|problem| {
        let place = reader.place.join(".");
        error(if place.is_empty() { "root" } else { &place }, problem)
    })?;
    Ok(ResourceFacts {
        kind,
        phase,
        schema: Schema {
            version: root.get("schema_version").and_then(Json::as_u64).unwrap_or(0),
            block,
        },
        protocol: match root.get("protocol").and_then(Json::as_str) {
            Some("framework") => Protocol::Framework,
            _ => Protocol::Sdk,
        },
        import_id: root.get("import_id").and_then(Json::as_str).map(Arc::from),
        timeouts,
        notes: match root.get("notes") {
            Some(Json::Array(notes)) => {
                notes.iter().filter_map(Json::as_str).map(Arc::from).collect()
            }
            _ => Vec::new(),
        },
    })
}

/// A type with timeouts takes a `timeouts` block, whether or not it is listed.
fn add_timeouts_block(root: &mut Object, timeouts: &BTreeMap<Arc<str>, Arc<str>>) {
    let listed = root.get("blocks").and_then(|blocks| blocks.get("timeouts")).is_some();
    let attribute = root.get("attributes").and_then(|it| it.get("timeouts")).is_some();
    if timeouts.is_empty() || listed || attribute {
        return;
    }
    let attributes: Object = timeouts
        .keys()
        .map(|name| (name.to_string(), serde_json::json!({"type": "string", "optional": true})))
        .collect();
    let block = serde_json::json!({"nesting": "single", "attributes": attributes});
    let blocks = root.entry("blocks").or_insert_with(|| Json::Object(Object::new()));
    if let Json::Object(blocks) = blocks {
        blocks.insert("timeouts".to_owned(), block);
    }
}

struct Reader<'a> {
    root: &'a Object,
    /// Blocks that others are the same as, by path.
    shared: HashMap<String, Arc<BlockSchema>>,
    /// Where the reader is, for errors.
    place: Vec<String>,
}

type Read<T> = Result<T, String>;

impl<'a> Reader<'a> {
    /// The block on top of the stack, whose other entries are the blocks around it.
    fn block(&mut self, stack: &mut Vec<&'a Object>) -> Read<Arc<BlockSchema>> {
        let Some(this) = stack.last().copied() else {
            return Err("no block".to_owned());
        };
        let attributes = self.attributes(this.get("attributes"))?;
        let mut blocks = Vec::new();
        for (name, nested) in objects(this.get("blocks"))? {
            self.place.push(name.clone());
            stack.push(nested);
            blocks.push((Arc::from(name.as_str()), self.nested(name, stack)?));
            stack.pop();
            self.place.pop();
        }
        Ok(Arc::new(BlockSchema::new(attributes, blocks)))
    }

    fn attributes(
        &mut self,
        attributes: Option<&'a Json>,
    ) -> Read<Vec<(Arc<str>, AttributeSchema)>> {
        let mut read = Vec::new();
        for (name, facts) in objects(attributes)? {
            self.place.push(name.clone());
            read.push((Arc::from(name.as_str()), self.attribute(facts)?));
            self.place.pop();
        }
        Ok(read)
    }

    fn nested(&mut self, name: &str, stack: &mut Vec<&'a Object>) -> Read<NestedBlock> {
        let Some(this) = stack.last().copied() else {
            return Err("no block".to_owned());
        };
        const KNOWN: &[&str] = &[
            "nesting",
            "min",
            "max",
            "attributes",
            "blocks",
            "computed",
            "deprecated",
            "force_new",
            "force_new_if",
            "replace_on_change",
            "suppress",
            "same_as",
            "cut",
            "conflicts_with",
            "exactly_one_of",
            "at_least_one_of",
            "required_with",
        ];
        known_keys(this, KNOWN)?;
        let nesting = match this.get("nesting").and_then(Json::as_str) {
            Some("list") => Nesting::List,
            Some("set") => Nesting::Set,
            Some("single") => Nesting::Single,
            Some("group") => Nesting::Group,
            Some("map") => Nesting::Map,
            other => return Err(format!("nesting {other:?}")),
        };
        let block = match this.get("same_as").and_then(Json::as_str) {
            Some(path) => self.same_as(path)?,
            None if flag(this, "cut") => self.cut(name, stack)?,
            None => {
                let path = self.place.join(".");
                match self.shared.get(&path) {
                    Some(block) => block.clone(),
                    None => {
                        let block = self.block(stack)?;
                        self.shared.insert(path, block.clone());
                        block
                    }
                }
            }
        };
        Ok(NestedBlock {
            nesting,
            min_items: size(this, "min")?.unwrap_or(0),
            max_items: size(this, "max")?,
            block,
            computed: flag(this, "computed"),
            deprecated: deprecated(this),
            replacement: replacement(this)?,
            replace_on_change: flag(this, "replace_on_change"),
            suppress: suppress(this)?,
            relations: relations(this)?,
        })
    }

    /// The block at the path from the root.
    fn same_as(&mut self, path: &str) -> Read<Arc<BlockSchema>> {
        if let Some(block) = self.shared.get(path) {
            return Ok(block.clone());
        }
        let mut stack = vec![self.root];
        for name in path.split('.') {
            let inside = stack.last().and_then(|block| block.get("blocks"));
            match inside.and_then(|blocks| blocks.get(name)) {
                Some(Json::Object(block)) => stack.push(block),
                _ => return Err(format!("same_as: no {path}")),
            }
        }
        let place = std::mem::take(&mut self.place);
        self.place = path.split('.').map(str::to_owned).collect();
        let block = self.block(&mut stack)?;
        self.place = place;
        self.shared.insert(path.to_owned(), block.clone());
        Ok(block)
    }

    /// The last level of a recursion: what the level above has, but for the blocks that would
    /// lead deeper.
    fn cut(&mut self, name: &str, stack: &[&'a Object]) -> Read<Arc<BlockSchema>> {
        let Some(above) = stack.len().checked_sub(3).map(|at| stack[at]) else {
            return Err("cut: too few levels".to_owned());
        };
        let attributes = self.attributes(above.get("attributes"))?;
        let mut blocks = Vec::new();
        let mut inner = stack[..stack.len() - 2].to_vec();
        for (kind, nested) in objects(above.get("blocks"))? {
            if nested.get("blocks").and_then(|blocks| blocks.get(name)).is_some() {
                continue;
            }
            self.place.push(kind.clone());
            inner.push(nested);
            blocks.push((Arc::from(kind.as_str()), self.nested(kind, &mut inner)?));
            inner.pop();
            self.place.pop();
        }
        Ok(Arc::new(BlockSchema::new(attributes, blocks)))
    }

    fn attribute(&mut self, facts: &'a Object) -> Read<AttributeSchema> {
        // Where a fact comes from, and that a check exists which is not expressed, is for
        // people.
        const KNOWN: &[&str] = &[
            "type",
            "members",
            "mode",
            "attributes",
            "required",
            "optional",
            "computed",
            "sensitive",
            "deprecated",
            "write_only",
            "default",
            "normalize",
            "suppress",
            "force_new",
            "force_new_if",
            "force_new_when",
            "force_new_on",
            "force_new_src",
            "in_place_when",
            "in_place_on",
            "conflicts_with",
            "exactly_one_of",
            "at_least_one_of",
            "required_with",
        ];
        known_keys(facts, &[KNOWN, RULE_KEYS].concat())?;
        let as_blocks = facts.get("mode").and_then(Json::as_str) == Some("attr");
        let fields = match as_blocks {
            true => {
                let fields = self.attributes(facts.get("attributes"))?;
                Some(Arc::new(BlockSchema::new(fields, [])))
            }
            false => None,
        };
        let text = string(facts, "type")?.ok_or("no type")?;
        let object = match &fields {
            Some(fields) => Some(fields.implied_type()),
            None => members(facts.get("members"))?,
        };
        Ok(AttributeSchema {
            ty: type_of(&text, object.as_ref())?,
            required: flag(facts, "required"),
            optional: flag(facts, "optional"),
            computed: flag(facts, "computed"),
            sensitive: flag(facts, "sensitive"),
            write_only: flag(facts, "write_only"),
            deprecated: deprecated(facts),
            as_blocks,
            fields,
            default: facts.get("default").map(scalar).transpose()?,
            replacement: replacement(facts)?,
            suppress: suppress(facts)?,
            normalize: string(facts, "normalize")?,
            rules: Some(rules(facts)?).filter(|it| *it != Rules::default()).map(Box::new),
            relations: relations(facts)?,
        })
    }
}

const RULE_KEYS: &[&str] = &[
    "int",
    "elem_int",
    "one_of",
    "one_of_ignore_case",
    "range",
    "len",
    "pattern",
    "not_pattern",
    "format",
    "prefix_len",
    "prefix_len_one_of",
    "divisible_by",
    "greater_than",
    "non_zero",
    "any_of",
    "elem",
    "min_items",
    "max_items",
    "validator",
    "checked",
];

fn rules(facts: &Object) -> Read<Rules> {
    let pair = |key: &str| -> Read<Option<[&Json; 2]>> {
        match facts.get(key) {
            None => Ok(None),
            Some(Json::Array(ends)) if ends.len() == 2 => Ok(Some([&ends[0], &ends[1]])),
            Some(other) => Err(format!("{key}: {other}")),
        }
    };
    let sizes = |key: &str| -> Read<Option<(Option<usize>, Option<usize>)>> {
        let end = |it: &Json| it.as_u64().and_then(|it| usize::try_from(it).ok());
        Ok(pair(key)?.map(|[low, high]| (end(low), end(high))))
    };
    let array = |key: &str| match facts.get(key) {
        Some(Json::Array(items)) => items.as_slice(),
        _ => &[],
    };
    let mut element = match facts.get("elem") {
        Some(Json::Object(inner)) => {
            known_keys(inner, RULE_KEYS)?;
            self::rules(inner)?
        }
        _ => Rules::default(),
    };
    element.whole_number |= flag(facts, "elem_int");
    let alternative = |inner: &Json| match inner {
        Json::Object(inner) => {
            known_keys(inner, RULE_KEYS)?;
            self::rules(inner)
        }
        other => Err(format!("any_of: {other}")),
    };
    let mut prefix_length_one_of = Vec::new();
    for length in array("prefix_len_one_of") {
        prefix_length_one_of.extend(length.as_u64().and_then(|it| usize::try_from(it).ok()));
    }
    let mut rules = Rules {
        one_of: array("one_of").iter().map(scalar).collect::<Read<_>>()?,
        one_of_ignore_case: flag(facts, "one_of_ignore_case"),
        range: pair("range")?.map(|[low, high]| (number(low), number(high))),
        length: sizes("len")?,
        patterns: texts(facts, "pattern")?,
        not_patterns: texts(facts, "not_pattern")?,
        format: match string(facts, "format")? {
            Some(name) => {
                Some(Format::from_name(&name).ok_or_else(|| format!("unknown format {name}"))?)
            }
            None => None,
        },
        prefix_length: sizes("prefix_len")?,
        prefix_length_one_of,
        divisible_by: facts.get("divisible_by").and_then(number),
        greater_than: facts.get("greater_than").and_then(number),
        non_zero: flag(facts, "non_zero"),
        whole_number: flag(facts, "int"),
        any_of: array("any_of").iter().map(alternative).collect::<Read<_>>()?,
        min_items: size(facts, "min_items")?,
        max_items: size(facts, "max_items")?,
        element: Some(element).filter(|it| *it != Rules::default()).map(Box::new),
    };
    leave_to_alternatives(&mut rules);
    Ok(rules)
}

/// What an alternative says is listed beside the alternatives again, and must not hold twice.
fn leave_to_alternatives(rules: &mut Rules) {
    let Rules { any_of, one_of, range, length, patterns, not_patterns, format, .. } = rules;
    let alternatives = any_of.clone();
    let anywhere = |says: fn(&Rules) -> bool| alternatives.iter().any(says);
    if anywhere(|it| !it.one_of.is_empty()) {
        one_of.clear();
    }
    if anywhere(|it| it.range.is_some()) {
        *range = None;
    }
    if anywhere(|it| it.length.is_some()) {
        *length = None;
    }
    if anywhere(|it| !it.patterns.is_empty()) {
        patterns.clear();
    }
    if anywhere(|it| !it.not_patterns.is_empty()) {
        not_patterns.clear();
    }
    if let Some(format) = format.take_if(|_| !any_of.is_empty())
        && any_of.iter().all(|it| it.format.is_none())
    {
        any_of.push(Rules { format: Some(format), ..Rules::default() });
    }
}

fn relations(facts: &Object) -> Read<Option<Box<Relations>>> {
    let paths = |key: &str| -> Read<Vec<Path>> {
        let paths = texts(facts, key)?;
        Ok(paths.iter().map(|path| path.split('.').map(Arc::from).collect()).collect())
    };
    let relations = Relations {
        conflicts_with: paths("conflicts_with")?,
        exactly_one_of: paths("exactly_one_of")?,
        at_least_one_of: paths("at_least_one_of")?,
        required_with: paths("required_with")?,
    };
    Ok(Some(relations).filter(|it| *it != Relations::default()).map(Box::new))
}

fn replacement(facts: &Object) -> Read<Replacement> {
    let changes = |key: &str| -> Read<Vec<(Arc<str>, Arc<str>)>> {
        let split = |text: &Arc<str>| {
            let (from, to) = text.split_once("->").ok_or_else(|| format!("{key}: {text}"))?;
            Ok((Arc::from(from), Arc::from(to)))
        };
        texts(facts, key)?.iter().map(split).collect()
    };
    let on = |key: &str, what: &str| -> Read<bool> {
        Ok(texts(facts, key)?.iter().any(|text| **text == *what))
    };
    match facts.get("force_new") {
        None => Ok(Replacement::InPlace),
        Some(Json::Bool(false)) => Ok(Replacement::InPlace),
        Some(Json::Bool(true)) if on("in_place_on", "unset")? => {
            let rule = ReplacementRule { in_place_when_unset: true, ..ReplacementRule::default() };
            Ok(Replacement::Conditional(Box::new(rule)))
        }
        Some(Json::Bool(true)) => Ok(Replacement::Replace),
        Some(Json::String(word)) if word == "conditional" => {
            Ok(Replacement::Conditional(Box::new(ReplacementRule {
                condition: string(facts, "force_new_if")?,
                replaces: changes("force_new_when")?,
                in_place: changes("in_place_when")?,
                replaces_when_set: on("force_new_on", "set")?,
                replaces_when_unset: on("force_new_on", "unset")?,
                in_place_when_unset: on("in_place_on", "unset")?,
            })))
        }
        Some(other) => Err(format!("force_new: {other}")),
    }
}

fn suppress(facts: &Object) -> Read<Arc<[Arc<str>]>> {
    Ok(texts(facts, "suppress")?.into())
}

/// The type of members as an object type; none when there are no members.
fn members(members: Option<&Json>) -> Read<Option<Type>> {
    let Some(Json::Object(members)) = members else { return Ok(None) };
    let mut fields: Vec<(Arc<str>, Type)> = Vec::new();
    for (name, member) in members {
        let ty = match member {
            Json::String(text) => type_of(text, None)?,
            Json::Object(member) => {
                let inner = self::members(member.get("members"))?;
                let text = string(member, "type")?.ok_or("no type")?;
                type_of(&text, inner.as_ref())?
            }
            other => return Err(format!("{name}: {other}")),
        };
        fields.push((name.as_str().into(), ty));
    }
    Ok(Some(Type::object(fields)))
}

/// The type that the text says, `object` being the given one.
fn type_of(text: &str, object: Option<&Type>) -> Read<Type> {
    if let Some((constructor, rest)) = text.split_once('(') {
        let element = type_of(rest.strip_suffix(')').ok_or("no closing parenthesis")?, object)?;
        return match constructor {
            "list" => Ok(Type::list(element)),
            "set" => Ok(Type::set(element)),
            "map" => Ok(Type::map(element)),
            _ => Err(format!("unknown type {text}")),
        };
    }
    match (text, object) {
        ("string", _) => Ok(Type::String),
        ("number", _) => Ok(Type::Number),
        ("bool", _) => Ok(Type::Bool),
        ("any", _) => Ok(Type::Dynamic),
        ("object", Some(object)) => Ok(object.clone()),
        _ => Err(format!("unknown type {text}")),
    }
}

fn deprecated(facts: &Object) -> Option<String> {
    match facts.get("deprecated")? {
        Json::String(message) => Some(message.clone()),
        Json::Bool(true) => Some(String::new()),
        _ => None,
    }
}

fn known_keys(facts: &Object, known: &[&str]) -> Read<()> {
    match facts.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("unknown key {key}")),
        None => Ok(()),
    }
}

fn objects(json: Option<&Json>) -> Read<Vec<(&String, &Object)>> {
    let Some(json) = json else { return Ok(Vec::new()) };
    let Json::Object(map) = json else { return Err("not an object".to_owned()) };
    map.iter()
        .map(|(name, inner)| match inner {
            Json::Object(inner) => Ok((name, inner)),
            _ => Err(format!("{name} is not an object")),
        })
        .collect()
}

fn flag(facts: &Object, key: &str) -> bool {
    facts.get(key) == Some(&Json::Bool(true))
}

fn size(facts: &Object, key: &str) -> Read<Option<usize>> {
    match facts.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(value) => {
            let size = value.as_u64().and_then(|it| usize::try_from(it).ok());
            size.map(Some).ok_or_else(|| format!("{key}: {value}"))
        }
    }
}

fn string(facts: &Object, key: &str) -> Read<Option<Arc<str>>> {
    match facts.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.as_str().into())),
        Some(other) => Err(format!("{key}: {other}")),
    }
}

/// One text or a list of them.
fn texts(facts: &Object, key: &str) -> Read<Vec<Arc<str>>> {
    match facts.get(key) {
        None => Ok(Vec::new()),
        Some(Json::String(text)) => Ok(vec![text.as_str().into()]),
        Some(Json::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(Arc::from).ok_or_else(|| format!("{key}: {item}")))
            .collect(),
        Some(other) => Err(format!("{key}: {other}")),
    }
}

fn number(json: &Json) -> Option<Number> {
    match json {
        Json::Number(number) => Number::parse(&number.to_string()),
        _ => None,
    }
}

fn scalar(json: &Json) -> Read<Value> {
    match json {
        Json::Bool(value) => Ok(Value::bool(*value)),
        Json::String(text) => Ok(Value::string(text.as_str())),
        Json::Number(_) => number(json).map(Value::number).ok_or_else(|| json.to_string()),
        other => Err(format!("not a primitive value: {other}")),
    }
}
