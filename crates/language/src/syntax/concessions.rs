//! What `hcl-edit` does not read as HCL does, and how each expression is prepared for it.
//!
//! The parser gets a copy of the expression in which everything keeps its place, so that every
//! span in its answer also holds in the original. What it would get wrong is replaced there, and
//! the original is read when its answer is converted:
//!
//! - Line breaks are spaces wherever HCL ignores them. The parser insists on parentheses for the
//!   key and the value of a `for` in braces that go over several lines.
//! - Comments are spaces. The parser knows them, but not in every place.
//! - Quoted templates and heredocs are plain strings. The parser reads escapes in directives as
//!   text, ends a heredoc in the middle of a line, and accepts line breaks in quotes; `template`
//!   reads them.
//! - Numbers are short digits. The parser keeps no more than a double holds, and refuses more
//!   than it can hold. Behind a dot it refuses leading zeros.
//! - Of items with the same key in an object only the first is kept; the others are parsed by
//!   themselves. The parser refuses them, and HCL takes the last. The items of a large object too
//!   are parsed by themselves, because the parser compares each key with all before it.
//!
//! What it accepts although HCL does not is checked here: a `for` whose `in` is stuck to the next
//! word or missing, a line break behind a dot, several indices in one number as in `a.0.1`, a
//! `!` between operands, and `<<` that begins no heredoc.

use std::collections::HashSet;
use std::ops::Range;

use super::tokens::Parser;
use crate::scanner::TokenKind;

/// More items of one object than this are parsed one by one.
const MAXIMUM_ITEMS: usize = 128;

/// What the parser gets to see of an expression.
pub(super) struct Prepared {
    pub(super) text: String,
    /// The offset of its first byte in the original.
    pub(super) base: usize,
    pub(super) removed: Vec<RemovedItem>,
}

/// An item of an object that the parser did not get to see.
pub(super) struct RemovedItem {
    /// The offset of the opening brace in the original.
    pub(super) object: usize,
    pub(super) tokens: Range<usize>,
}

/// What the parser would have got wrong: the token where HCL stops, and whether a `for` is at
/// fault.
pub(super) struct Refused {
    pub(super) token: usize,
    pub(super) in_for: bool,
}

enum Context {
    /// Where line breaks mean nothing; whether in a `for`.
    Flat {
        is_for: bool,
    },
    Object {
        open: usize,
        at_key: bool,
        items: usize,
        keys: HashSet<String>,
    },
}

impl Parser<'_> {
    /// Prepares an expression, which begins and ends with these tokens.
    pub(super) fn prepare(&self, range: Range<usize>) -> Result<Prepared, Refused> {
        let base = self.tokens[range.start].start;
        let length = self.tokens[range.end - 1].end - base;
        let contexts = vec![Context::Flat { is_for: false }];
        self.fill(range, base, vec![b' '; length], contexts)
    }

    /// Prepares one item of an object as an object of its own.
    pub(super) fn prepare_item(&self, range: Range<usize>) -> Result<Prepared, Refused> {
        // The braces take the place of what stands around the item.
        let base = self.tokens[range.start].start - 1;
        let length = self.tokens[range.end - 1].end - base + 1;
        let mut bytes = vec![b' '; length];
        bytes[0] = b'{';
        bytes[length - 1] = b'}';
        let keys = HashSet::new();
        let object = Context::Object { open: range.start, at_key: false, items: 0, keys };
        self.fill(range, base, bytes, vec![object])
    }

    fn fill(
        &self,
        range: Range<usize>,
        base: usize,
        mut bytes: Vec<u8>,
        mut contexts: Vec<Context>,
    ) -> Result<Prepared, Refused> {
        let mut removed = Vec::new();
        let mut index = range.start;
        let mut last: Option<usize> = None;
        while index < range.end {
            let token = self.tokens[index];
            let place = token.start - base..token.end - base;
            if let Some(Context::Object { open, at_key: at_key @ true, items, keys }) =
                contexts.last_mut()
                && !self.is_trivia(index)
                && token.kind != TokenKind::CloseBrace
            {
                *at_key = false;
                *items += 1;
                let key = self.key_text(index, range.end);
                if *items > MAXIMUM_ITEMS || keys.contains(&key) {
                    let end = self.item_end(index, range.end);
                    let last_token = self.previous(end, index).unwrap_or(index);
                    removed.push(RemovedItem {
                        object: self.tokens[*open].start,
                        tokens: index..last_token + 1,
                    });
                    // The separator of the item goes with it.
                    *at_key = true;
                    index = if self.kind(end) == TokenKind::CloseBrace { end } else { end + 1 };
                    continue;
                }
                keys.insert(key);
            }
            match token.kind {
                TokenKind::Newline | TokenKind::Comment => {
                    if let Some(Context::Object { at_key, .. }) = contexts.last_mut()
                        && self.ends_line(index)
                    {
                        bytes[place.end - 1] = b'\n';
                        *at_key = true;
                        if last.is_some_and(|last| self.kind(last) == TokenKind::Dot) {
                            return Err(Refused { token: index, in_for: false });
                        }
                    }
                    index += 1;
                    continue;
                }
                TokenKind::OpenQuote | TokenKind::OpenHeredoc => {
                    let Some(close) = self.pair(index) else {
                        return Err(Refused { token: index, in_for: false });
                    };
                    let place = place.start..self.tokens[close].end - base;
                    let text = self.text.get(token.start..self.tokens[close].end);
                    let text = text.unwrap_or_default();
                    if self.is_plain_string(index, close) {
                        bytes[place].copy_from_slice(text.as_bytes());
                    } else {
                        bytes[place.clone()].fill(b'x');
                        bytes[place.start] = b'"';
                        bytes[place.end - 1] = b'"';
                    }
                    last = Some(close);
                    index = close + 1;
                    continue;
                }
                TokenKind::Number => {
                    let after_dot = last.is_some_and(|last| self.kind(last) == TokenKind::Dot);
                    let text = token.text(self.text);
                    if after_dot && !text.bytes().all(|byte| byte.is_ascii_digit()) {
                        return Err(Refused { token: index, in_for: false });
                    }
                    write_number(text, &mut bytes[place]);
                }
                TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace => {
                    bytes[place].copy_from_slice(token.text(self.text).as_bytes());
                    let is_for = self.is_for(index, last, &contexts);
                    if is_for {
                        self.check_for(index)?;
                    }
                    contexts.push(if token.kind == TokenKind::OpenBrace && !is_for {
                        let keys = HashSet::new();
                        Context::Object { open: index, at_key: true, items: 0, keys }
                    } else {
                        Context::Flat { is_for }
                    });
                }
                TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace => {
                    bytes[place].copy_from_slice(token.text(self.text).as_bytes());
                    contexts.pop();
                }
                TokenKind::Comma => {
                    bytes[place].fill(b',');
                    if let Some(Context::Object { at_key, .. }) = contexts.last_mut() {
                        *at_key = true;
                    }
                }
                // Elsewhere it begins a heredoc that the scanner did not find.
                TokenKind::Less
                    if self.kind(index + 1) == TokenKind::Less
                        && !last.is_some_and(|last| self.ends_operand(last)) =>
                {
                    return Err(Refused { token: index, in_for: false });
                }
                TokenKind::Not if last.is_some_and(|last| self.ends_operand(last)) => {
                    let in_for = matches!(contexts.last(), Some(Context::Flat { is_for: true }));
                    if !in_for || self.kind(last.unwrap_or(index)) != TokenKind::Identifier {
                        return Err(Refused { token: index, in_for: false });
                    }
                    bytes[place].fill(b'!');
                }
                _ => bytes[place].copy_from_slice(token.text(self.text).as_bytes()),
            }
            last = Some(index);
            index += 1;
        }
        let text =
            String::from_utf8(bytes).map_err(|_| Refused { token: range.start, in_for: false })?;
        Ok(Prepared { text, base, removed })
    }

    /// Whether the parser reads this template as we do.
    fn is_plain_string(&self, open: usize, close: usize) -> bool {
        let literal = match close - open {
            1 => "",
            2 => self.token_text(open + 1),
            _ => return false,
        };
        self.kind(open) == TokenKind::OpenQuote && !literal.contains(['\\', '$', '%'])
    }

    /// The tokens up to the one that follows the key, without anything between them. Keys that
    /// the parser takes for the same have the same text.
    fn key_text(&self, start: usize, end: usize) -> String {
        let mut key = String::new();
        let mut index = start;
        while index < end {
            match self.kind(index) {
                TokenKind::Assign | TokenKind::Colon | TokenKind::Comma => break,
                TokenKind::CloseBrace => break,
                TokenKind::Newline => break,
                TokenKind::Comment => index += 1,
                TokenKind::OpenQuote | TokenKind::OpenHeredoc => {
                    let close = self.pair(index).unwrap_or(index);
                    let range = self.tokens[index].start..self.tokens[close].end;
                    if self.is_plain_string(index, close) {
                        key.push_str(self.text.get(range).unwrap_or_default());
                    } else {
                        // These are all the same but for their lengths.
                        key.push_str(&format!("\"{}", range.len()));
                    }
                    index = close + 1;
                }
                TokenKind::Number => {
                    let length = self.tokens[index].range().len();
                    let mut digits = vec![0; length];
                    write_number(self.token_text(index), &mut digits);
                    key.push_str(&String::from_utf8_lossy(&digits));
                    index += 1;
                }
                TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace => {
                    // Whatever is inside, a computed key is parsed by itself if it looks alike.
                    let close = self.pair(index).unwrap_or(index);
                    key.push_str(self.token_text(index));
                    index = close + 1;
                }
                _ => {
                    key.push_str(self.token_text(index));
                    index += 1;
                }
            }
        }
        key
    }

    /// The index of the separator behind an item, or of the brace that closes the object.
    fn item_end(&self, start: usize, end: usize) -> usize {
        let mut index = start;
        while index < end {
            match self.kind(index) {
                TokenKind::Comma | TokenKind::CloseBrace => break,
                _ if self.ends_line(index) => break,
                _ => index = self.pair(index).map_or(index, |close| close) + 1,
            }
        }
        index
    }

    /// Whether this bracket or brace opens a `for` expression.
    fn is_for(&self, open: usize, last: Option<usize>, contexts: &[Context]) -> bool {
        let next = self.skip_trivia(open + 1);
        if self.kind(next) != TokenKind::Identifier || self.token_text(next) != "for" {
            return false;
        }
        match self.kind(open) {
            TokenKind::OpenBrace => true,
            // Behind an operand it is an index. The keywords of a `for` only look like one.
            TokenKind::OpenBracket => last.is_none_or(|last| {
                let in_for = matches!(contexts.last(), Some(Context::Flat { is_for: true }));
                !self.ends_operand(last) || in_for && matches!(self.token_text(last), "in" | "if")
            }),
            _ => false,
        }
    }

    /// The names of a `for` must be followed by `in`.
    fn check_for(&self, open: usize) -> Result<(), Refused> {
        let expect = |index: usize, kind: TokenKind| match self.kind(index) == kind {
            true => Ok(self.skip_trivia(index + 1)),
            false => Err(Refused { token: index, in_for: true }),
        };
        let keyword = self.skip_trivia(open + 1);
        let mut index = expect(self.skip_trivia(keyword + 1), TokenKind::Identifier)?;
        if self.kind(index) == TokenKind::Comma {
            index = expect(self.skip_trivia(index + 1), TokenKind::Identifier)?;
        }
        if self.token_text(index) != "in" {
            return Err(Refused { token: index, in_for: true });
        }
        Ok(())
    }

    /// Whether an operand can end with this token.
    pub(super) fn ends_operand(&self, index: usize) -> bool {
        matches!(
            self.kind(index),
            TokenKind::Identifier
                | TokenKind::Number
                | TokenKind::CloseQuote
                | TokenKind::CloseHeredoc
                | TokenKind::CloseParen
                | TokenKind::CloseBracket
                | TokenKind::CloseBrace
        ) || self.kind(index) == TokenKind::Star
            && index > 0
            && matches!(self.kind(index - 1), TokenKind::Dot | TokenKind::OpenBracket)
    }
}

/// Writes a number of the same length that the parser reads without loss.
fn write_number(text: &str, place: &mut [u8]) {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if is_plain && text.len() <= 15 {
        place.copy_from_slice(text.as_bytes());
    } else {
        place.fill(b'1');
        // So many digits are too much for a double.
        if place.len() > 300 {
            place[1] = b'.';
        }
    }
}
