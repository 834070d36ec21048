//! Character encodings by their IANA names.

mod code_pages;

use code_pages::{IBM437, IBM850, IBM852, IBM855, IBM00858, IBM860, IBM862, IBM863, IBM865};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_2022_JP, ISO_8859_2, ISO_8859_3,
    ISO_8859_4, ISO_8859_5, ISO_8859_6, ISO_8859_7, ISO_8859_8, ISO_8859_10, ISO_8859_13,
    ISO_8859_14, ISO_8859_15, ISO_8859_16, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, WINDOWS_874,
    WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255,
    WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

/// An encoding with the name that messages use.
pub(super) struct Charset {
    pub(super) name: &'static str,
    aliases: &'static [&'static str],
    coding: Coding,
}

enum Coding {
    Utf8,
    /// In which order the bytes of a unit stand.
    Utf16 {
        little: bool,
        mark: bool,
    },
    /// The first code points of Unicode, as many as that.
    Unicode(u32),
    /// An encoding of the web, where it is the same thing.
    Web(&'static Encoding),
    /// As the encoding of the web, but bytes 0x80 to 0x9f are the control characters.
    WebWithControls(&'static Encoding),
    /// As the encoding of the web, without the control characters 0x80 to 0x9f that the web puts
    /// in the gaps.
    WebWithoutControls(&'static Encoding),
    /// ASCII and these characters for the bytes from 0x80.
    CodePage(&'static str),
}

use Coding::{CodePage, Unicode, Utf8, Utf16, Web, WebWithControls, WebWithoutControls};

impl Charset {
    const fn new(name: &'static str, aliases: &'static [&'static str], coding: Coding) -> Charset {
        Charset { name, aliases, coding }
    }
}

static CHARSETS: &[Charset] = &[
    Charset::new("UTF-8", &["csutf8"], Utf8),
    Charset::new("UTF-16", &["csutf16"], Utf16 { little: false, mark: true }),
    Charset::new("UTF-16BE", &["csutf16be"], Utf16 { little: false, mark: false }),
    Charset::new("UTF-16LE", &["csutf16le"], Utf16 { little: true, mark: false }),
    Charset::new(
        "US-ASCII",
        &[
            "iso-ir-6",
            "ansi_x3.4-1968",
            "ansi_x3.4-1986",
            "iso_646.irv:1991",
            "iso646-us",
            "us",
            "ibm367",
            "cp367",
            "csascii",
        ],
        Unicode(0x80),
    ),
    Charset::new(
        "ISO_8859-1:1987",
        &[
            "iso-ir-100",
            "iso_8859-1",
            "iso-8859-1",
            "latin1",
            "l1",
            "ibm819",
            "cp819",
            "csisolatin1",
        ],
        Unicode(0x100),
    ),
    Charset::new(
        "ISO_8859-2:1987",
        &["iso-ir-101", "iso_8859-2", "iso-8859-2", "latin2", "l2", "csisolatin2"],
        WebWithoutControls(ISO_8859_2),
    ),
    Charset::new(
        "ISO_8859-3:1988",
        &["iso-ir-109", "iso_8859-3", "iso-8859-3", "latin3", "l3", "csisolatin3"],
        WebWithoutControls(ISO_8859_3),
    ),
    Charset::new(
        "ISO_8859-4:1988",
        &["iso-ir-110", "iso_8859-4", "iso-8859-4", "latin4", "l4", "csisolatin4"],
        WebWithoutControls(ISO_8859_4),
    ),
    Charset::new(
        "ISO_8859-5:1988",
        &["iso-ir-144", "iso_8859-5", "iso-8859-5", "cyrillic", "csisolatincyrillic"],
        WebWithoutControls(ISO_8859_5),
    ),
    Charset::new(
        "ISO_8859-6:1987",
        &[
            "iso-ir-127",
            "iso_8859-6",
            "iso-8859-6",
            "ecma-114",
            "asmo-708",
            "arabic",
            "csisolatinarabic",
        ],
        WebWithoutControls(ISO_8859_6),
    ),
    Charset::new(
        "ISO_8859-7:1987",
        &[
            "iso-ir-126",
            "iso_8859-7",
            "iso-8859-7",
            "elot_928",
            "ecma-118",
            "greek",
            "greek8",
            "csisolatingreek",
        ],
        WebWithoutControls(ISO_8859_7),
    ),
    Charset::new(
        "ISO_8859-8:1988",
        &[
            "iso-ir-138",
            "iso_8859-8",
            "iso-8859-8",
            "hebrew",
            "csisolatinhebrew",
            "iso_8859-8-i",
            "iso-8859-8-i",
            "csiso88598i",
        ],
        WebWithoutControls(ISO_8859_8),
    ),
    Charset::new(
        "ISO_8859-9:1989",
        &["iso-ir-148", "iso_8859-9", "iso-8859-9", "latin5", "l5", "csisolatin5"],
        WebWithControls(WINDOWS_1254),
    ),
    Charset::new(
        "ISO-8859-10",
        &["iso-ir-157", "l6", "iso_8859-10:1992", "csisolatin6", "latin6"],
        WebWithoutControls(ISO_8859_10),
    ),
    Charset::new("ISO-8859-13", &["csiso885913"], WebWithoutControls(ISO_8859_13)),
    Charset::new(
        "ISO-8859-14",
        &[
            "iso-ir-199",
            "iso_8859-14:1998",
            "iso_8859-14",
            "latin8",
            "iso-celtic",
            "l8",
            "csiso885914",
        ],
        WebWithoutControls(ISO_8859_14),
    ),
    Charset::new(
        "ISO-8859-15",
        &["iso_8859-15", "latin-9", "csiso885915"],
        WebWithoutControls(ISO_8859_15),
    ),
    Charset::new(
        "ISO-8859-16",
        &["iso-ir-226", "iso_8859-16:2001", "iso_8859-16", "latin10", "l10", "csiso885916"],
        WebWithoutControls(ISO_8859_16),
    ),
    Charset::new("windows-874", &["cswindows874"], WebWithoutControls(WINDOWS_874)),
    Charset::new("windows-1250", &["cswindows1250"], WebWithoutControls(WINDOWS_1250)),
    Charset::new("windows-1251", &["cswindows1251"], WebWithoutControls(WINDOWS_1251)),
    Charset::new("windows-1252", &["cswindows1252"], WebWithoutControls(WINDOWS_1252)),
    Charset::new("windows-1253", &["cswindows1253"], WebWithoutControls(WINDOWS_1253)),
    Charset::new("windows-1254", &["cswindows1254"], WebWithoutControls(WINDOWS_1254)),
    Charset::new("windows-1255", &["cswindows1255"], WebWithoutControls(WINDOWS_1255)),
    Charset::new("windows-1256", &["cswindows1256"], WebWithoutControls(WINDOWS_1256)),
    Charset::new("windows-1257", &["cswindows1257"], WebWithoutControls(WINDOWS_1257)),
    Charset::new("windows-1258", &["cswindows1258"], WebWithoutControls(WINDOWS_1258)),
    Charset::new("KOI8-R", &["cskoi8r"], Web(KOI8_R)),
    Charset::new("KOI8-U", &["cskoi8u"], Web(KOI8_U)),
    Charset::new("macintosh", &["mac", "csmacintosh"], Web(MACINTOSH)),
    Charset::new("IBM866", &["cp866", "866", "csibm866"], Web(IBM866)),
    Charset::new("IBM437", &["cp437", "437", "cspc8codepage437"], CodePage(IBM437)),
    Charset::new("IBM850", &["cp850", "850", "cspc850multilingual"], CodePage(IBM850)),
    Charset::new("IBM852", &["cp852", "852", "cspcp852"], CodePage(IBM852)),
    Charset::new("IBM855", &["cp855", "855", "csibm855"], CodePage(IBM855)),
    Charset::new(
        "IBM00858",
        &["ccsid00858", "cp00858", "pc-multilingual-850+euro", "csibm00858"],
        CodePage(IBM00858),
    ),
    Charset::new("IBM860", &["cp860", "860", "csibm860"], CodePage(IBM860)),
    Charset::new("IBM862", &["cp862", "862", "cspc862latinhebrew"], CodePage(IBM862)),
    Charset::new("IBM863", &["cp863", "863", "csibm863"], CodePage(IBM863)),
    Charset::new("IBM865", &["cp865", "865", "csibm865"], CodePage(IBM865)),
    Charset::new("GBK", &["cp936", "ms936", "windows-936", "csgbk"], Web(GBK)),
    Charset::new("GB18030", &["csgb18030"], Web(GB18030)),
    Charset::new("Big5", &["csbig5"], Web(BIG5)),
    Charset::new(
        "Extended_UNIX_Code_Packed_Format_for_Japanese",
        &["cseucpkdfmtjapanese", "euc-jp"],
        Web(EUC_JP),
    ),
    Charset::new("Shift_JIS", &["ms_kanji", "csshiftjis"], Web(SHIFT_JIS)),
    Charset::new("ISO-2022-JP", &["csiso2022jp"], Web(ISO_2022_JP)),
    Charset::new("EUC-KR", &["cseuckr"], Web(EUC_KR)),
];

pub(super) fn find(name: &str) -> Option<&'static Charset> {
    CHARSETS.iter().find(|charset| {
        let mut names = charset.aliases.iter().chain([&charset.name]);
        names.any(|known| known.eq_ignore_ascii_case(name))
    })
}

fn is_high_control(character: char) -> bool {
    ('\u{80}'..='\u{9f}').contains(&character)
}

impl Charset {
    /// None where a character cannot be written.
    pub(super) fn encode(&self, text: &str) -> Option<Vec<u8>> {
        match self.coding {
            Utf8 => Some(text.as_bytes().to_vec()),
            Utf16 { little, mark } => {
                let mark = mark.then_some(0xfeff);
                let units = mark.into_iter().chain(text.encode_utf16());
                let bytes = |unit: u16| match little {
                    true => unit.to_le_bytes(),
                    false => unit.to_be_bytes(),
                };
                Some(units.flat_map(bytes).collect())
            }
            Unicode(limit) => {
                let byte = |character| {
                    let code = u32::from(character);
                    u8::try_from(code).ok().filter(|_| code < limit)
                };
                text.chars().map(byte).collect()
            }
            CodePage(upper) => {
                let byte = |character: char| match character.is_ascii() {
                    true => u8::try_from(u32::from(character)).ok(),
                    false => {
                        let index = upper.chars().position(|known| known == character)?;
                        u8::try_from(index + 0x80).ok()
                    }
                };
                text.chars().map(byte).collect()
            }
            Web(encoding) => encode_web(encoding, text),
            WebWithoutControls(encoding) => match text.contains(is_high_control) {
                true => None,
                false => encode_web(encoding, text),
            },
            WebWithControls(encoding) => {
                let mut bytes = Vec::with_capacity(text.len());
                for character in text.chars() {
                    if is_high_control(character) {
                        bytes.push(u8::try_from(u32::from(character)).ok()?);
                        continue;
                    }
                    let encoded = encode_web(encoding, character.encode_utf8(&mut [0; 4]))?;
                    if encoded.iter().any(|byte| (0x80..=0x9f).contains(byte)) {
                        return None;
                    }
                    bytes.extend(encoded);
                }
                Some(bytes)
            }
        }
    }

    /// None where bytes stand for no character.
    pub(super) fn decode(&self, bytes: &[u8]) -> Option<String> {
        let text = match self.coding {
            Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Utf16 { little, mark } => decode_utf16(bytes, little, mark),
            Unicode(limit) => {
                let character = |&byte: &u8| {
                    Some(char::from(byte)).filter(|&character| u32::from(character) < limit)
                };
                bytes.iter().map(character).collect()
            }
            CodePage(upper) => {
                let character = |&byte: &u8| match byte.checked_sub(0x80) {
                    None => Some(char::from(byte)),
                    Some(index) => upper.chars().nth(usize::from(index)),
                };
                bytes.iter().map(character).collect()
            }
            Web(encoding) => decode_web(encoding, bytes),
            WebWithoutControls(encoding) => {
                decode_web(encoding, bytes).filter(|text| !text.contains(is_high_control))
            }
            WebWithControls(encoding) => {
                let mut text = String::with_capacity(bytes.len());
                for &byte in bytes {
                    match byte {
                        0x80..=0x9f => text.push(char::from(byte)),
                        _ => text.push_str(&decode_web(encoding, &[byte])?),
                    }
                }
                Some(text)
            }
        };
        text.filter(|text| !text.contains(char::REPLACEMENT_CHARACTER))
    }
}

fn encode_web(encoding: &'static Encoding, text: &str) -> Option<Vec<u8>> {
    let (bytes, _, has_errors) = encoding.encode(text);
    (!has_errors).then(|| bytes.into_owned())
}

fn decode_web(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(String::from)
}

fn decode_utf16(bytes: &[u8], little: bool, mark: bool) -> Option<String> {
    let (little, bytes) = match bytes {
        [0xff, 0xfe, rest @ ..] if mark => (true, rest),
        [0xfe, 0xff, rest @ ..] if mark => (false, rest),
        // An encoding that promises a byte order mark cannot be read without one.
        _ if mark => return None,
        _ => (little, bytes),
    };
    let units = bytes.chunks(2).map(|pair| match *pair {
        [first, second] if little => Some(u16::from_le_bytes([first, second])),
        [first, second] => Some(u16::from_be_bytes([first, second])),
        _ => None,
    });
    let units: Option<Vec<u16>> = units.collect();
    String::from_utf16(&units?).ok()
}
