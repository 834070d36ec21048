//! Splits configuration text into tokens, for the parts that care about layout rather than meaning.
//!
//! Every byte of the source is either inside exactly one token or is space between two of them
//! (spaces, tabs and a leading byte order mark). Nothing is rejected here: text that no rule knows
//! becomes [`TokenKind::Invalid`], and an unclosed string or comment ends with the source.

use std::ops::Range;

use hcl_edit::Ident;

/// What a [`Token`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A name or keyword. Dashes belong to names.
    Identifier,
    Number,
    /// The line break (`\n` or `\r\n`) that ends a line outside of templates.
    Newline,
    /// A `#` or `//` comment with the line break that ends it, or a `/* */` comment.
    Comment,

    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,

    /// The quote that begins a quoted template.
    OpenQuote,
    /// Literal text of a quoted template, escapes included. Runs up to the next sequence or quote.
    QuotedLiteral,
    /// The quote that ends a quoted template.
    CloseQuote,
    /// `<<MARKER` or `<<-MARKER` with the line break that follows.
    OpenHeredoc,
    /// Literal text of a heredoc. Runs over lines up to the next sequence or the end marker.
    HeredocLiteral,
    /// The line that ends a heredoc, spaces around the marker included, without its line break.
    CloseHeredoc,
    /// `${` or `${~`.
    OpenInterpolation,
    /// `%{` or `%{~`.
    OpenDirective,
    /// The `}` or `~}` that ends an interpolation or a directive.
    CloseSequence,

    /// `=`
    Assign,
    /// `=>`
    Arrow,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Not,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Question,
    Colon,
    /// `::`
    DoubleColon,
    Comma,
    Dot,
    /// `...`
    Ellipsis,

    /// A line break inside a quoted template, which the language does not allow.
    QuotedNewline,
    /// A character that begins no token.
    Invalid,
    /// The empty token after all others.
    EndOfFile,
}

impl TokenKind {
    /// How this token changes the number of open brackets: 1, 0 or -1.
    pub fn bracket_change(self) -> isize {
        match self {
            Self::OpenBrace
            | Self::OpenBracket
            | Self::OpenParen
            | Self::OpenInterpolation
            | Self::OpenDirective => 1,
            Self::CloseBrace | Self::CloseBracket | Self::CloseParen | Self::CloseSequence => -1,
            _ => 0,
        }
    }

    /// Like [`Self::bracket_change`], but templates count as brackets too.
    pub fn nesting_change(self) -> isize {
        match self {
            Self::OpenQuote | Self::OpenHeredoc => 1,
            Self::CloseQuote | Self::CloseHeredoc => -1,
            _ => self.bracket_change(),
        }
    }
}

/// One token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    /// The byte offset of its beginning.
    pub start: usize,
    /// The byte offset just after it.
    pub end: usize,
}

impl Token {
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Its text, given the source that it was scanned from.
    pub fn text<'s>(&self, source: &'s str) -> &'s str {
        source.get(self.range()).unwrap_or_default()
    }

    /// Whether a line ends with this token. Comments up to the end of the line swallow its break.
    pub fn ends_line(&self, source: &str) -> bool {
        ends_line(self.kind, self.text(source))
    }
}

/// Whether a line ends with a token of this kind and text.
pub fn ends_line(kind: TokenKind, text: &str) -> bool {
    match kind {
        TokenKind::Newline => true,
        TokenKind::Comment => text.ends_with('\n'),
        _ => false,
    }
}

/// Splits a whole file. The last token is always the only [`TokenKind::EndOfFile`].
pub fn scan(source: &str) -> Vec<Token> {
    let mut scanner =
        Scanner { source, position: 0, tokens: Vec::new(), braces: 0, open: Vec::new() };
    if source.starts_with('\u{feff}') {
        scanner.position = '\u{feff}'.len_utf8();
    }
    scanner.run()
}

/// Splits a text that is the inside of a template. Its literals are those of a heredoc.
pub fn scan_template(source: &str) -> Vec<Token> {
    // No line without its break is a line break, so nothing ends this heredoc but the text.
    let endless = Construct::Heredoc { marker: "\n", at_line_start: false };
    Scanner { source, position: 0, tokens: Vec::new(), braces: 0, open: vec![endless] }.run()
}

/// What the scanner is inside of, innermost last. At the bottom, and in a sequence, it reads
/// expressions; otherwise literal text.
enum Construct<'s> {
    /// `${` or `%{`, closed by the brace that finds this many braces open.
    Sequence {
        braces: usize,
    },
    Quote,
    Heredoc {
        marker: &'s str,
        at_line_start: bool,
    },
}

struct Scanner<'s> {
    source: &'s str,
    position: usize,
    tokens: Vec<Token>,
    /// How many braces are open, sequences included.
    braces: usize,
    open: Vec<Construct<'s>>,
}

impl<'s> Scanner<'s> {
    fn run(mut self) -> Vec<Token> {
        while self.position < self.source.len() {
            match self.open.last() {
                None | Some(Construct::Sequence { .. }) => self.expression_token(),
                Some(Construct::Quote) => self.quoted_token(),
                Some(&Construct::Heredoc { marker, at_line_start }) => {
                    self.heredoc_token(marker, at_line_start);
                }
            }
        }
        self.push(TokenKind::EndOfFile, 0);
        self.tokens
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.position..).unwrap_or_default()
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let end = self.position + length;
        self.tokens.push(Token { kind, start: self.position, end });
        self.position = end;
    }

    fn expression_token(&mut self) {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let next = |index: usize| bytes.get(index).copied().unwrap_or_default();
        let (kind, length) = match next(0) {
            b' ' | b'\t' => {
                self.position += 1;
                return;
            }
            b'\n' => (TokenKind::Newline, 1),
            b'\r' if next(1) == b'\n' => (TokenKind::Newline, 2),
            b'0'..=b'9' => (TokenKind::Number, number_length(bytes)),
            b'#' => (TokenKind::Comment, line_length(bytes)),
            b'/' if next(1) == b'/' => (TokenKind::Comment, line_length(bytes)),
            b'/' if next(1) == b'*' => (TokenKind::Comment, block_comment_length(rest)),
            b'{' => {
                self.braces += 1;
                (TokenKind::OpenBrace, 1)
            }
            b'}' => return self.close_brace(TokenKind::CloseBrace, 1),
            b'~' if next(1) == b'}' => return self.close_brace(TokenKind::CloseSequence, 2),
            b'"' => {
                self.open.push(Construct::Quote);
                (TokenKind::OpenQuote, 1)
            }
            b'<' if next(1) == b'<' => match heredoc_marker(rest) {
                Some((marker, length)) => {
                    self.open.push(Construct::Heredoc { marker, at_line_start: true });
                    (TokenKind::OpenHeredoc, length)
                }
                None => (TokenKind::Less, 1),
            },
            b'=' if next(1) == b'=' => (TokenKind::Equal, 2),
            b'=' if next(1) == b'>' => (TokenKind::Arrow, 2),
            b'!' if next(1) == b'=' => (TokenKind::NotEqual, 2),
            b'>' if next(1) == b'=' => (TokenKind::GreaterEqual, 2),
            b'<' if next(1) == b'=' => (TokenKind::LessEqual, 2),
            b'&' if next(1) == b'&' => (TokenKind::And, 2),
            b'|' if next(1) == b'|' => (TokenKind::Or, 2),
            b':' if next(1) == b':' => (TokenKind::DoubleColon, 2),
            b'.' if next(1) == b'.' && next(2) == b'.' => (TokenKind::Ellipsis, 3),
            b'[' => (TokenKind::OpenBracket, 1),
            b']' => (TokenKind::CloseBracket, 1),
            b'(' => (TokenKind::OpenParen, 1),
            b')' => (TokenKind::CloseParen, 1),
            b'.' => (TokenKind::Dot, 1),
            b',' => (TokenKind::Comma, 1),
            b'*' => (TokenKind::Star, 1),
            b'/' => (TokenKind::Slash, 1),
            b'%' => (TokenKind::Percent, 1),
            b'+' => (TokenKind::Plus, 1),
            b'-' => (TokenKind::Minus, 1),
            b'=' => (TokenKind::Assign, 1),
            b'<' => (TokenKind::Less, 1),
            b'>' => (TokenKind::Greater, 1),
            b'!' => (TokenKind::Not, 1),
            b'?' => (TokenKind::Question, 1),
            b':' => (TokenKind::Colon, 1),
            _ => match identifier_length(rest) {
                0 => (TokenKind::Invalid, rest.chars().next().map_or(1, char::len_utf8)),
                length => (TokenKind::Identifier, length),
            },
        };
        self.push(kind, length);
    }

    fn close_brace(&mut self, otherwise: TokenKind, length: usize) {
        let ends_sequence = matches!(
            self.open.last(),
            Some(&Construct::Sequence { braces }) if braces == self.braces
        );
        self.braces = self.braces.saturating_sub(1);
        if ends_sequence {
            self.open.pop();
            self.push(TokenKind::CloseSequence, length);
        } else {
            self.push(otherwise, length);
        }
    }

    fn open_sequence(&mut self, kind: TokenKind) {
        let trims = self.rest().as_bytes().get(2) == Some(&b'~');
        self.braces += 1;
        self.open.push(Construct::Sequence { braces: self.braces });
        self.push(kind, if trims { 3 } else { 2 });
    }

    fn quoted_token(&mut self) {
        let rest = self.rest().as_bytes();
        let mut length = 0;
        while let Some(byte) = rest.get(length) {
            match byte {
                b'"' | b'\n' | b'\r' => break,
                b'\\' if !matches!(rest.get(length + 1), None | Some(b'\n' | b'\r')) => length += 2,
                b'$' | b'%' => match sequence_or_literal(&rest[length..]) {
                    None => break,
                    Some(skipped) => length += skipped,
                },
                _ => length += 1,
            }
        }
        if length > 0 {
            return self.push(TokenKind::QuotedLiteral, length);
        }
        match rest.first() {
            Some(b'"') => {
                self.open.pop();
                self.push(TokenKind::CloseQuote, 1);
            }
            Some(b'$') => self.open_sequence(TokenKind::OpenInterpolation),
            Some(b'%') => self.open_sequence(TokenKind::OpenDirective),
            _ => {
                let breaks = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
                self.push(TokenKind::QuotedNewline, breaks.max(1));
            }
        }
    }

    fn heredoc_token(&mut self, marker: &str, mut at_line_start: bool) {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let mut length = 0;
        while let Some(byte) = bytes.get(length) {
            if at_line_start {
                let line = &rest[length..];
                let line = line.split_once('\n').map_or(line, |(line, _)| line);
                if line.trim() == marker {
                    if length > 0 {
                        break;
                    }
                    self.open.pop();
                    return self.push(
                        TokenKind::CloseHeredoc,
                        line.strip_suffix('\r').unwrap_or(line).len(),
                    );
                }
            }
            at_line_start = false;
            match byte {
                b'$' | b'%' => match sequence_or_literal(&bytes[length..]) {
                    None => break,
                    Some(skipped) => length += skipped,
                },
                b'\n' => {
                    length += 1;
                    at_line_start = true;
                }
                _ => length += 1,
            }
        }
        if let Some(Construct::Heredoc { at_line_start: state, .. }) = self.open.last_mut() {
            *state = at_line_start;
        }
        match (length, bytes.first()) {
            (0, Some(b'$')) => self.open_sequence(TokenKind::OpenInterpolation),
            (0, _) => self.open_sequence(TokenKind::OpenDirective),
            _ => self.push(TokenKind::HeredocLiteral, length),
        }
    }
}

/// Looks at a `$` or `%` in literal text: none if it opens a sequence, otherwise how many bytes of
/// literal text it begins. A doubled sign before a brace stands for the sign and the brace.
fn sequence_or_literal(bytes: &[u8]) -> Option<usize> {
    match (bytes.get(1), bytes.get(2)) {
        (Some(b'{'), _) => None,
        (second, Some(b'{')) if second == bytes.first() => Some(3),
        _ => Some(1),
    }
}

/// The marker of a heredoc and the length of its whole introduction, line break included.
fn heredoc_marker(text: &str) -> Option<(&str, usize)> {
    let after = text.strip_prefix("<<")?;
    let after = after.strip_prefix('-').unwrap_or(after);
    let (marker, after) = after.split_at_checked(identifier_length(after))?;
    let after = after.strip_prefix('\r').unwrap_or(after).strip_prefix('\n')?;
    (!marker.is_empty()).then_some((marker, text.len() - after.len()))
}

fn identifier_length(text: &str) -> usize {
    let continues = |character: char| match character {
        '-' | '_' => true,
        _ if character.is_ascii() => character.is_ascii_alphanumeric(),
        // Only the parser's own notion of a name will do, so that both agree on every character.
        _ => Ident::try_new(format!("_{character}")).is_ok(),
    };
    let begins = |character: char| match character {
        '_' => true,
        _ if character.is_ascii() => character.is_ascii_alphabetic(),
        _ => Ident::try_new(character.to_string()).is_ok(),
    };
    if !text.starts_with(begins) {
        return 0;
    }
    text.find(|character| !continues(character)).unwrap_or(text.len())
}

/// The longest number. It may hold any dots and exponents but does not end with a dot.
fn number_length(bytes: &[u8]) -> usize {
    let is_digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let (mut index, mut length) = (0, 0);
    loop {
        match bytes.get(index) {
            Some(b'0'..=b'9') => index += 1,
            Some(b'.') => {
                index += 1;
                continue;
            }
            Some(b'e' | b'E') if is_digit(index + 1) => index += 2,
            Some(b'e' | b'E')
                if matches!(bytes.get(index + 1), Some(b'+' | b'-')) && is_digit(index + 2) =>
            {
                index += 3;
            }
            _ => return length,
        }
        length = index;
    }
}

/// The length of the line, with its line break.
fn line_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |index| index + 1)
}

fn block_comment_length(text: &str) -> usize {
    let opening = "/*".len();
    match text.get(opening..).and_then(|body| body.find("*/")) {
        Some(index) => opening + index + "*/".len(),
        None => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares tokens written as `Kind text`, without the one at the end.
    #[track_caller]
    fn check(source: &str, expected: &[&str]) {
        let tokens = scan(source);
        let Some((end, tokens)) = tokens.split_last() else { panic!("there is no token") };
        assert_eq!(end.kind, TokenKind::EndOfFile);
        let show =
            |token: &Token| format!("{:?} {}", token.kind, token.text(source).escape_debug());
        assert_eq!(tokens.iter().map(show).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn names_and_numbers() {
        check("a-b _c é1", &["Identifier a-b", "Identifier _c", "Identifier é1"]);
        check("1.5e+3", &["Number 1.5e+3"]);
        check("1.a", &["Number 1", "Dot .", "Identifier a"]);
        check("1...", &["Number 1", "Ellipsis ..."]);
        check("1e", &["Number 1", "Identifier e"]);
        check("a.0.1", &["Identifier a", "Dot .", "Number 0.1"]);
    }

    #[test]
    fn comments() {
        check("# a\n//b", &["Comment # a\\n", "Comment //b"]);
        check("/* a\n */b", &["Comment /* a\\n */", "Identifier b"]);
        check("/*a", &["Comment /*a"]);
    }

    #[test]
    fn quoted_templates() {
        check(
            "\"a$${b}\\\"\"",
            &["OpenQuote \\\"", "QuotedLiteral a$${b}\\\\\\\"", "CloseQuote \\\""],
        );
        check(
            "\"${\"a ${{}}\"~}%\"",
            &[
                "OpenQuote \\\"",
                "OpenInterpolation ${",
                "OpenQuote \\\"",
                "QuotedLiteral a ",
                "OpenInterpolation ${",
                "OpenBrace {",
                "CloseBrace }",
                "CloseSequence }",
                "CloseQuote \\\"",
                "CloseSequence ~}",
                "QuotedLiteral %",
                "CloseQuote \\\"",
            ],
        );
        check(
            "\"a\n\"",
            &["OpenQuote \\\"", "QuotedLiteral a", "QuotedNewline \\n", "CloseQuote \\\""],
        );
    }

    #[test]
    fn heredocs() {
        check(
            "<<-A\n A b\n${a}A\n\tA \n=",
            &[
                "OpenHeredoc <<-A\\n",
                "HeredocLiteral  A b\\n",
                "OpenInterpolation ${",
                "Identifier a",
                "CloseSequence }",
                "HeredocLiteral A\\n",
                "CloseHeredoc \\tA ",
                "Newline \\n",
                "Assign =",
            ],
        );
        check("<<A b", &["Less <", "Less <", "Identifier A", "Identifier b"]);
        check("<<A\r\nA\r\n", &["OpenHeredoc <<A\\r\\n", "CloseHeredoc A", "Newline \\r\\n"]);
    }
}
