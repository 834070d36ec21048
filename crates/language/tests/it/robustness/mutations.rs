//! The texts of the tables and configurations, with mistakes made by a generator whose seed never
//! changes: a small part of what the fuzz targets do, for every run of the tests.

use std::path::Path;

use crate::exercise;

/// Pseudo-random numbers, by Marsaglia's shift register.
struct Generator(u64);

impl Generator {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn pick<'t>(&mut self, texts: &'t [String]) -> &'t str {
        &texts[self.below(texts.len())]
    }

    /// A place where the text can be cut.
    fn place(&mut self, text: &str) -> usize {
        text.floor_char_boundary(self.below(text.len() + 1))
    }

    fn range(&mut self, text: &str, longest: usize) -> std::ops::Range<usize> {
        let start = self.place(text);
        let end = start + self.below(longest);
        start..text.floor_char_boundary(end.min(text.len()).max(start)).max(start)
    }
}

struct Mutator {
    generator: Generator,
    /// Tokens, words and names of functions.
    words: Vec<String>,
}

impl Mutator {
    fn new(seed: u64) -> Mutator {
        let words = include_str!("../../../../../fuzz/language.dict").lines();
        let words = words.filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
        let words = words.map(|word| word.replace("\\x0a", "\n").replace("\\\"", "\""));
        Mutator { generator: Generator(seed), words: words.collect() }
    }

    /// The text with one to four mistakes. What is put in comes from the words and `others`.
    fn mutate(&mut self, text: &str, others: &[String]) -> String {
        let mut text = text.to_owned();
        for _ in 0..=self.generator.below(4) {
            let generator = &mut self.generator;
            let range = generator.range(&text, 16);
            match generator.below(6) {
                0 => text.replace_range(range, ""),
                1 => text.insert_str(range.start, generator.pick(&self.words)),
                2 => text.replace_range(range, generator.pick(&self.words)),
                3 => {
                    let repeated = text[range.clone()].repeat(1 + generator.below(3));
                    text.insert_str(range.start, &repeated);
                }
                4 => {
                    let other = generator.pick(others);
                    let part = generator.range(other, 40);
                    text.insert_str(range.start, &other[part]);
                }
                _ => {
                    let character = char::from_u32(1 + generator.below(256) as u32);
                    text.insert(range.start, character.unwrap_or('\u{feff}'));
                }
            }
        }
        text
    }
}

fn texts(directory: &str) -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(directory);
    let mut paths: Vec<_> = std::fs::read_dir(directory)
        .expect("the texts are there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|it| it == "txt"))
        .collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).expect("a text is readable")).collect()
}

/// The expressions of the tables. What a table calls `unknown(TYPE)` is a name here.
fn expressions() -> Vec<String> {
    let tables = texts("tables");
    let lines = tables.iter().flat_map(|table| table.lines());
    let cases = lines.filter(|line| !line.starts_with(['#', '@']));
    let expressions = cases.filter_map(|line| Some(line.rsplit_once(" ==> ")?.0));
    let expressions = expressions.map(|it| {
        it.replace("unknown(string)", "local.unknown_text")
            .replace("unknown(number)", "local.unknown_number")
            .replace("unknown(any)", "local.unknown_any")
            .replace("unknown(list(string))", "local.unknown_list")
    });
    expressions.collect()
}

/// The files of the configurations, one after the other.
fn configurations() -> Vec<String> {
    let texts = texts("configurations");
    let files = texts.iter().filter_map(|text| Some(text[text.find("--- ")?..].to_owned()));
    files.collect()
}

#[test]
fn expressions_are_read_and_evaluated() {
    let seeds = expressions();
    let mut mutator = Mutator::new(0x5eed_0001);
    let directory = tempfile::tempdir().expect("a directory can be made");
    for batch in seeds.chunks(50) {
        let texts: Vec<String> = batch.iter().map(|it| mutator.mutate(it, &seeds)).collect();
        for text in &texts {
            exercise::parse(text);
            exercise::format(&format!("x = {text}\n"));
        }
        let texts: Vec<String> = texts
            .into_iter()
            .filter(|text| !exercise::leaves_directory(text.as_bytes()) && !text.contains("--- "))
            .collect();
        exercise::evaluate(texts.join("\n").as_bytes(), directory.path());
    }
}

#[test]
fn configurations_are_read_and_evaluated() {
    let seeds = configurations();
    let mut mutator = Mutator::new(0x5eed_0002);
    let directory = tempfile::tempdir().expect("a directory can be made");
    for _ in 0..3 {
        for seed in &seeds {
            let text = mutator.mutate(seed, &seeds);
            exercise::parse(&text);
            exercise::format(&text);
            if !exercise::leaves_directory(text.as_bytes()) {
                exercise::evaluate(text.as_bytes(), directory.path());
            }
        }
    }
}

#[test]
fn the_dictionary_knows_every_function() {
    let mutator = Mutator::new(1);
    for name in provision_language::functions::names() {
        let word = format!("{name}(");
        assert!(mutator.words.contains(&word), "fuzz/language.dict lacks \"{word}\"");
    }
}
