//! The tree of modules: where the module of a call is, and reading it.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use provision_schema::address::ModulePath;

use super::blocks;
use super::build::{ParsedModule, build};
use super::decode::Cx;
use super::drafts::CallDraft;
use super::files;
use super::model::{Configuration, Module, ModuleCall};
use super::static_values::{Inputs, StaticScope, text};
use super::variables::{self, VariableInputs};
use super::versions::{Constraints, Version};
use super::{arguments, providers, refactoring};
use crate::ast::{Body, Expr, Name};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Sources;
use crate::syntax;

/// How deep modules may be nested.
const MAXIMUM_NESTING: usize = 100;
/// How many modules a configuration can have. They may call each other along many ways, and each
/// way makes a module of its own.
const MAXIMUM_MODULES: usize = 10_000;

/// Reads a root module and everything it calls. All files are read and all errors reported in
/// one run; nothing is returned when the directory itself cannot be read.
pub fn load(
    directory: &Path,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Configuration> {
    load_with(directory, sources, &VariableInputs::default(), "default", diagnostics)
}

/// Like `load`, with the values that the root module's variables will have and the workspace,
/// which the sources of modules may depend on.
pub fn load_with(
    directory: &Path,
    sources: &Sources,
    inputs: &VariableInputs,
    workspace: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Configuration> {
    let directory = lexically_clean(directory);
    let mut loader = Loader {
        sources,
        diagnostics,
        manifest: None,
        root: directory.clone(),
        workspace,
        depth: Cell::new(0),
        modules: 0,
        directories: HashMap::new(),
    };
    let parsed = loader.directory(&directory)?;
    let mut given = HashMap::new();
    if !parsed.calls.is_empty() {
        // What is wrong with the values is said when they are collected for the evaluation.
        let mut ignored = Diagnostics::new();
        let values = variables::collect(&parsed.module, &directory, inputs, sources, &mut ignored);
        given.extend(values.values.into_iter().filter(|(name, _)| values.given.contains(name)));
    }
    let chain = vec![canonical(&directory)];
    let root =
        loader.module(&parsed, ModulePath::default(), &directory, Inputs::Root(&given), chain);
    providers::check(&root, diagnostics);
    Some(Configuration { sources: sources.clone(), root: Arc::new(root) })
}

/// Says so when the directory has no configuration files, which only matters to commands that
/// would then do nothing, or destroy everything.
pub fn require_configuration(directory: &Path, diagnostics: &mut Diagnostics) -> bool {
    let found = files::has_configuration(directory);
    if !found {
        let detail = format!(
            "The directory {} has no configuration files (.tf, .tf.json, .tofu or .tofu.json). \
             Applying it would mark everything for destruction, which is normally not what is \
             desired.",
            files::show(directory)
        );
        diagnostics.push(Diagnostic::error("No configuration files", detail));
    }
    found
}

struct Loader<'a> {
    sources: &'a Sources,
    diagnostics: &'a mut Diagnostics,
    /// Read when the first module is met that is not a local path.
    manifest: Option<HashMap<String, Installed>>,
    root: PathBuf,
    workspace: &'a str,
    depth: Cell<usize>,
    /// How many modules there are so far.
    modules: usize,
    /// Every directory is read once, however often it is called.
    directories: HashMap<PathBuf, Option<Arc<ParsedModule>>>,
}

/// A module that another program has put into `.terraform/modules`.
#[derive(Clone)]
struct Installed {
    source: String,
    version: Option<String>,
    directory: PathBuf,
}

impl Loader<'_> {
    fn directory(&mut self, directory: &Path) -> Option<Arc<ParsedModule>> {
        let key = canonical(directory);
        if let Some(known) = self.directories.get(&key) {
            return known.clone();
        }
        let parsed = self.parse(directory).map(Arc::new);
        self.directories.insert(key, parsed.clone());
        parsed
    }

    fn parse(&mut self, directory: &Path) -> Option<ParsedModule> {
        let before = self.diagnostics.len();
        let files = files::read(directory, directory, self.sources, self.diagnostics);
        if files.is_empty() && self.diagnostics.len() > before {
            return None;
        }
        let mut drafts = Vec::with_capacity(files.len());
        for file in files {
            let source = self.sources.get(file.id);
            let body = match file.json {
                true => syntax::parse_json(file.id, &source.text, self.diagnostics),
                false => {
                    let body = syntax::parse_body(file.id, &source.text, self.diagnostics);
                    Some(Body::Native(body))
                }
            };
            let Some(body) = body else { continue };
            let mut cx = Cx {
                sources: self.sources,
                diagnostics: self.diagnostics,
                overrides: file.overrides,
                tofu: file.tofu,
            };
            drafts.push(blocks::decode_file(&body, &mut cx));
        }
        Some(build(drafts, self.sources, self.diagnostics))
    }

    /// The module of a directory as called along `path`. `chain` are the directories on the way.
    fn module(
        &mut self,
        parsed: &ParsedModule,
        path: ModulePath,
        directory: &Path,
        inputs: Inputs<'_>,
        chain: Vec<PathBuf>,
    ) -> Module {
        let mut module = parsed.module.clone();
        module.path = path;
        module.directory = directory.to_owned();
        if !module.path.0.is_empty() {
            refactoring::check_no_imports(&module, self.diagnostics);
        }
        // The cell is shared down the tree, so that circles through calls are found, too.
        let depth = Cell::new(self.depth.get());
        let scope = StaticScope {
            parsed,
            inputs,
            directory: files::show(directory),
            workspace: self.workspace,
            depth: &depth,
        };
        for (name, draft) in &parsed.calls {
            let call = self.call(draft, &scope);
            if let Some(source) = &call.source
                && let Some(child) = self.child(&module, &call, source, draft, &scope, &chain)
            {
                arguments::check(&call, &child, self.diagnostics);
                module.children.insert(name.clone(), Arc::new(child));
            }
            module.calls.insert(name.clone(), call);
        }
        module
    }

    fn call(&mut self, draft: &CallDraft, scope: &StaticScope<'_>) -> ModuleCall {
        let mut static_text = |expr: &Option<Expr>, summary: &str, nullable: bool| {
            let expr = expr.as_ref()?;
            let value = scope.value(expr, self.diagnostics)?;
            let problem = match text(&value) {
                Ok(Some(text)) => return Some(Name { text, span: expr.span }),
                Ok(None) if nullable => return None,
                Ok(None) => "A value that is not null is required.",
                Err(problem) => problem,
            };
            self.diagnostics.error(summary, problem, expr.span);
            None
        };
        let source = static_text(&draft.source, "Invalid module source address", false);
        let version = static_text(&draft.version, "Invalid version constraint", true);
        if let Some(version) = &version
            && Constraints::parse(version).is_none()
        {
            let detail = "This string does not use correct version constraint syntax.";
            self.diagnostics.error("Invalid version constraint", detail, version.span);
        }
        ModuleCall {
            name: draft.name.clone(),
            source,
            version,
            repetition: draft.repetition.clone(),
            providers: draft.providers.clone(),
            depends_on: draft.depends_on.clone(),
            body: draft.body.clone(),
            span: draft.span,
        }
    }

    fn child(
        &mut self,
        parent: &Module,
        call: &ModuleCall,
        source: &Name,
        draft: &CallDraft,
        scope: &StaticScope<'_>,
        chain: &[PathBuf],
    ) -> Option<Module> {
        let path = parent.path.child(call.name.text.clone());
        let directory = self.locate(&parent.directory, &path, call, source)?;
        if !directory.is_dir() {
            let detail = format!(
                "The directory {} could not be read for module {:?}: there is no such directory.",
                files::show(&directory),
                &*call.name.text
            );
            self.diagnostics.error("Unreadable module directory", detail, source.span);
            return None;
        }
        let key = canonical(&directory);
        if chain.contains(&key) {
            let detail = format!(
                "The module {:?} is in {}, which is being called from itself. A module cannot \
                 call itself, neither directly nor through other modules.",
                path.to_string(),
                files::show(&directory)
            );
            self.diagnostics.error("Cycle of module calls", detail, source.span);
            return None;
        }
        if chain.len() >= MAXIMUM_NESTING {
            let detail = format!("Modules can be nested at most {MAXIMUM_NESTING} deep.");
            self.diagnostics.error("Modules nested too deep", detail, source.span);
            return None;
        }
        if self.modules >= MAXIMUM_MODULES {
            let detail = format!("A configuration can have at most {MAXIMUM_MODULES} modules.");
            self.diagnostics.error("Too many modules", detail, source.span);
            return None;
        }
        self.modules += 1;
        let parsed = self.directory(&directory)?;
        let chain = chain.iter().cloned().chain([key]).collect();
        Some(self.module(&parsed, path, &directory, Inputs::Call(scope, draft), chain))
    }

    /// Where the module of a call is.
    fn locate(
        &mut self,
        parent: &Path,
        path: &ModulePath,
        call: &ModuleCall,
        source: &Name,
    ) -> Option<PathBuf> {
        if is_local(source) {
            if call.version.is_some() {
                let detail = format!(
                    "Failed to parse module registry address: a module registry source address \
                     must have either three or four slash-separated components, and {:?} is a \
                     local path.\n\nA module registry source address is assumed here because the \
                     argument \"version\" is also set, which applies only to registry modules.",
                    &*source.text
                );
                let summary = "Invalid registry module source address";
                self.diagnostics.error(summary, detail, source.span);
                return None;
            }
            let relative = source.text.replace('\\', "/");
            return Some(lexically_clean(&parent.join(relative)));
        }
        if let Err((summary, detail)) = check_remote(source, call.version.is_some()) {
            self.diagnostics.error(summary, detail, source.span);
            return None;
        }
        let key: Vec<&str> = path.0.iter().map(|name| &**name).collect();
        let key = key.join(".");
        let Some(installed) = self.manifest().get(&key).cloned() else {
            let detail = format!(
                "The module {path} comes from {:?}. Modules are not downloaded here, and there \
                 is no entry for it in .terraform/modules/modules.json.\n\nEither run \
                 \"tofu get\" or \"terraform get\" in {}, or copy the module into the \
                 configuration and use its path, like \"./modules/{}\", as the source.",
                &*source.text,
                files::show(&self.root),
                &*call.name.text
            );
            self.diagnostics.error("Module not installed", detail, source.span);
            return None;
        };
        if !same_source(&installed.source, source) {
            let detail = format!(
                "The source of module {path} has changed since it was installed: it was {:?}. \
                 Run \"tofu get\" or \"terraform get\" again.",
                installed.source
            );
            self.diagnostics.error("Module source has changed", detail, source.span);
            return None;
        }
        if let (Some(version), Some(wanted)) = (&installed.version, &call.version)
            && let (Some(parsed), Some(constraints)) =
                (Version::parse(version), Constraints::parse(wanted))
            && !constraints.allow(&parsed)
        {
            let detail = format!(
                "The version requirements of module {path} have changed since it was installed: \
                 the installed version is {version}. Run \"tofu get\" or \"terraform get\" again."
            );
            let summary = "Module version requirements have changed";
            self.diagnostics.error(summary, detail, wanted.span);
        }
        Some(lexically_clean(&self.root.join(installed.directory)))
    }

    fn manifest(&mut self) -> &HashMap<String, Installed> {
        let root = &self.root;
        self.manifest.get_or_insert_with(|| read_manifest(root).unwrap_or_default())
    }
}

fn read_manifest(root: &Path) -> Option<HashMap<String, Installed>> {
    let text = std::fs::read_to_string(root.join(".terraform/modules/modules.json")).ok()?;
    let manifest: serde_json::Value = serde_json::from_str(&text).ok()?;
    let entries = manifest.get("Modules")?.as_array()?.iter().filter_map(|entry| {
        let text = |name: &str| entry.get(name).and_then(serde_json::Value::as_str);
        let installed = Installed {
            source: text("Source").unwrap_or_default().to_owned(),
            version: text("Version").filter(|it| !it.is_empty()).map(str::to_owned),
            directory: PathBuf::from(text("Dir")?),
        };
        Some((text("Key")?.to_owned(), installed))
    });
    Some(entries.collect())
}

/// Relative paths say so; anything else is the address of something to download.
fn is_local(source: &str) -> bool {
    ["./", "../", ".\\", "..\\"].iter().any(|prefix| source.starts_with(prefix))
        || matches!(source, "." | "..")
        || Path::new(source).is_absolute()
}

/// The manifest has registry addresses with their host.
fn same_source(installed: &str, source: &str) -> bool {
    let without_host = |text: &str| {
        let hosts = ["registry.terraform.io/", "registry.opentofu.org/"];
        let rest = hosts.iter().find_map(|host| text.strip_prefix(host));
        rest.unwrap_or(text).to_owned()
    };
    let (installed, source) = (without_host(installed), without_host(source));
    // Shorthands are stored in their long form, and not worth taking apart.
    let is_registry = |text: &str| !text.contains("::") && !text.contains("://");
    installed == source || !is_registry(&installed) || !is_registry(&source)
}

/// What can be seen to be wrong with an address without going there.
fn check_remote(source: &str, has_version: bool) -> Result<(), (&'static str, String)> {
    let package = source.split("//").next().unwrap_or_default();
    let parts: Vec<&str> = package.split('/').collect();
    let is_part = |part: &&str| {
        !part.is_empty()
            && part.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_'))
    };
    let is_registry = match &parts[..] {
        [namespace, name, system] => [namespace, name, system].into_iter().all(is_part),
        [host, rest @ ..] if rest.len() == 3 => {
            (host.contains('.') || host.contains(':') || *host == "localhost")
                && rest.iter().all(is_part)
        }
        _ => false,
    };
    if has_version && !is_registry {
        let detail = format!(
            "Failed to parse module registry address: {source:?} has not the form \
             [host/]namespace/name/provider.\n\nA module registry source address is assumed here \
             because the argument \"version\" is also set, which applies only to registry \
             modules."
        );
        return Err(("Invalid registry module source address", detail));
    }
    let looks_remote = is_registry
        || source.contains("::")
        || source.contains("://")
        || source.starts_with("git@")
        || ["github.com/", "bitbucket.org/", "gitlab.com/"]
            .iter()
            .any(|host| source.starts_with(host))
        || (source.contains('.') && source.contains('/'));
    if looks_remote {
        return Ok(());
    }
    let detail = match source.is_empty() {
        true => "A module must have a source address.".to_owned(),
        false => format!(
            "It is not clear how to get a module from {source:?}.\n\nIf you intended this as a \
             path relative to the current module, use \"./{source}\" instead. The \"./\" prefix \
             indicates that the address is a relative filesystem path."
        ),
    };
    Err(("Invalid module source address", detail))
}

/// The path without `.` and with `..` taken back where that is possible. The current directory is
/// ".".
fn lexically_clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => (),
            Component::ParentDir => match clean.components().next_back() {
                Some(Component::Normal(_)) => _ = clean.pop(),
                Some(Component::RootDir) => (),
                _ => clean.push(".."),
            },
            other => clean.push(other),
        }
    }
    if clean.as_os_str().is_empty() {
        clean.push(".");
    }
    clean
}

fn canonical(directory: &Path) -> PathBuf {
    std::fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned())
}
