//! The modules of one target, a library, a binary or a test, and the files that each file imports from.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::paths::{FilePaths, PathUse};

/// A module's path from the root: empty for the root itself.
type ModulePath = Vec<String>;

/// An import: a line of one file that names something of another file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// The file that imports.
    pub from: PathBuf,
    /// The line of the import.
    pub line: usize,
    /// The file that defines the imported thing.
    pub to: PathBuf,
}

/// The modules of a target.
#[derive(Default)]
pub struct Modules {
    /// The file of each module; an inline module is in the file around it.
    files: BTreeMap<ModulePath, PathBuf>,
    /// The paths of each module.
    paths: BTreeMap<ModulePath, Vec<PathUse>>,
}

impl Modules {
    /// Reads a target from its root, `lib.rs` or `main.rs`, and every file that it declares.
    pub fn of(root: &Path) -> Self {
        let mut modules = Self::default();
        modules.read(root, root.parent().unwrap(), &[]);
        modules
    }

    /// Reads a module's file; `folder` holds the files of its own modules.
    fn read(&mut self, file: &Path, folder: &Path, module: &[String]) {
        let found = FilePaths::of(&fs::read_to_string(file).unwrap());
        self.files.insert(module.to_vec(), file.to_path_buf());

        for path in found.paths {
            let within = [module, &path.inline[..]].concat();
            self.paths.entry(within).or_default().push(path);
        }
        for declared in found.modules {
            let parent = [module, &declared.inline[..]].concat();
            let path = [&parent[..], std::slice::from_ref(&declared.name)].concat();
            if !declared.in_file {
                self.files.insert(path, file.to_path_buf());
                continue;
            }

            let inner = declared
                .inline
                .iter()
                .fold(folder.to_path_buf(), |folder, name| folder.join(name))
                .join(&declared.name);
            let single = inner.with_extension("rs");
            let in_folder = inner.join("mod.rs");
            if single.exists() {
                self.read(&single, &inner, &path);
            } else if in_folder.exists() {
                self.read(&in_folder, &inner, &path);
            }
        }
    }

    /// Every import from one file of the target to another.
    pub fn imports(&self) -> BTreeSet<Import> {
        let mut imports = BTreeSet::new();

        for (module, paths) in &self.paths {
            for path in paths.iter().filter(|path| !path.is_reexport) {
                // Importing a module is no use of it yet: the paths that begin with its name are.
                let Some(defining) = self.defining_module(module, &path.segments) else {
                    continue;
                };
                let (from, to) = (&self.files[module], &self.files[&defining]);
                if from != to {
                    imports.insert(Import {
                        from: from.clone(),
                        line: path.line,
                        to: to.clone(),
                    });
                }
            }
        }
        imports
    }

    /// The module that defines an item which `module` names by a path; `None` for a module itself, and for an item of
    /// another crate.
    fn defining_module(&self, module: &[String], segments: &[String]) -> Option<ModulePath> {
        match self.resolve(module, segments, 0)? {
            Target::Item(defining) => Some(defining),
            Target::Module(_) => None,
        }
    }

    /// Follows a path from a module. `depth` ends re-exports that go round in a circle.
    fn resolve(&self, module: &[String], segments: &[String], depth: usize) -> Option<Target> {
        let (first, rest) = segments.split_first()?;
        if depth > 16 {
            return None;
        }

        let start = match first.as_str() {
            "crate" => Vec::new(),
            "self" => module.to_vec(),
            "super" => module.split_last()?.1.to_vec(),
            name => match self.name_in(module, name, depth)? {
                Target::Module(path) => path,
                item @ Target::Item(_) => return Some(item),
            },
        };
        self.follow(start, rest, depth)
    }

    /// Follows the segments behind the module that a path starts in.
    fn follow(&self, start: ModulePath, segments: &[String], depth: usize) -> Option<Target> {
        let mut current = start;

        for segment in segments {
            match segment.as_str() {
                "super" => {
                    current.pop()?;
                }
                "*" => return Some(Target::Item(current)),
                name => match self.name_in(&current, name, depth) {
                    Some(Target::Module(path)) => current = path,
                    Some(item @ Target::Item(_)) => return Some(item),
                    None => return Some(Target::Item(current)),
                },
            }
        }
        Some(Target::Module(current))
    }

    /// The target of a name in a module: one of its modules, or a name that a `use` declaration binds.
    fn name_in(&self, module: &[String], name: &str, depth: usize) -> Option<Target> {
        let child = [module, &[name.to_string()]].concat();
        if self.files.contains_key(&child) {
            return Some(Target::Module(child));
        }

        let bound = self.paths.get(module)?.iter().find(|path| {
            // `use name;` of a crate binds the name that it begins with.
            path.binds.as_deref() == Some(name) && path.segments != [name]
        })?;
        self.resolve(module, &bound.segments, depth + 1)
    }
}

/// The thing that a path leads to.
enum Target {
    /// A module of the target.
    Module(ModulePath),
    /// An item, by the module that defines it.
    Item(ModulePath),
}
