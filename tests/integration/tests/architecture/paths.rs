//! The paths of a source file: its `use` declarations and the paths in its code.

use std::mem;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// A path in the code, such as `crate::users::Users`.
pub struct PathUse {
    /// The inline module that it stands in, from the file's own module on; empty at the top of the file.
    pub inline: Vec<String>,
    /// The segments: `["crate", "users", "Users"]`; the last is `*` for a glob.
    pub segments: Vec<String>,
    /// The name that a `use` declaration binds; `None` for a path in code.
    pub binds: Option<String>,
    /// Whether it is a `pub use`, which hands a name on and uses nothing.
    pub is_reexport: bool,
    /// The line of its first segment.
    pub line: usize,
}

/// A module that a file declares.
pub struct Declared {
    /// The inline module that the declaration stands in.
    pub inline: Vec<String>,
    /// The name.
    pub name: String,
    /// Whether the module is in a file of its own.
    pub in_file: bool,
}

/// The declared modules and the paths of a file, without those of its unit tests.
#[derive(Default)]
pub struct FilePaths {
    /// Every module that the file declares.
    pub modules: Vec<Declared>,
    /// Every path of the file.
    pub paths: Vec<PathUse>,
}

impl FilePaths {
    /// Reads a file's source.
    pub fn of(source: &str) -> Self {
        let tokens: TokenStream = source.parse().unwrap();
        let mut found = Self::default();

        found.scan(tokens, &[]);
        found
    }

    fn scan(&mut self, tokens: TokenStream, inline: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = &tokens[..];
        let (mut is_public, mut is_test) = (false, false);

        while let Some((token, after)) = rest.split_first() {
            rest = after;

            match token {
                // An attribute belongs to the item behind it.
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    if let Some((TokenTree::Group(attribute), after)) = rest.split_first() {
                        is_test |= attribute.stream().to_string().replace(' ', "") == "cfg(test)";
                        rest = after;
                    }
                }
                TokenTree::Ident(word) if word == "pub" => is_public = true,
                TokenTree::Ident(word) if word == "mod" => {
                    rest = self.module(rest, inline, mem::take(&mut is_test));
                    is_public = false;
                }
                // `use<'a>` behind `impl Trait +` captures lifetimes.
                TokenTree::Ident(word)
                    if word == "use" && !rest.first().is_some_and(|next| is_punct(next, '<')) =>
                {
                    let end = rest.iter().position(|token| is_punct(token, ';'));
                    let (declaration, after) = rest.split_at(end.unwrap());
                    rest = after;
                    if !mem::take(&mut is_test) {
                        self.declaration(declaration, inline, is_public);
                    }
                    is_public = false;
                }
                TokenTree::Ident(first) => {
                    rest = self.code_path(first, rest, inline);
                    is_test = false;
                }
                // `pub(crate)` is still public to whom it hands a name on.
                TokenTree::Group(group) if is_public && is_visibility(group) => {}
                TokenTree::Group(group) => {
                    self.scan(group.stream(), inline);
                    (is_public, is_test) = (false, false);
                }
                _ => {}
            }
        }
    }

    /// Reads `name;` or `name { ... }` behind `mod`; returns the tokens behind it.
    fn module<'a>(
        &mut self,
        rest: &'a [TokenTree],
        inline: &[String],
        is_test: bool,
    ) -> &'a [TokenTree] {
        let [TokenTree::Ident(name), body, after @ ..] = rest else {
            return rest;
        };
        if is_test {
            return after;
        }
        self.modules.push(Declared {
            inline: inline.to_vec(),
            name: name.to_string(),
            in_file: is_punct(body, ';'),
        });

        if let TokenTree::Group(body) = body {
            let inner = [inline, &[name.to_string()]].concat();
            self.scan(body.stream(), &inner);
        }
        after
    }

    /// Reads a `use` declaration: each of its leaves is a path.
    fn declaration(&mut self, tree: &[TokenTree], inline: &[String], is_reexport: bool) {
        let line = tree.first().map_or(0, |token| token.span().start().line);

        for (segments, binds) in leaves(tree, &[]) {
            self.paths.push(PathUse {
                inline: inline.to_vec(),
                segments,
                binds: Some(binds),
                is_reexport,
                line,
            });
        }
    }

    /// Reads a path that begins with `first`; returns the tokens behind it.
    fn code_path<'a>(
        &mut self,
        first: &Ident,
        mut rest: &'a [TokenTree],
        inline: &[String],
    ) -> &'a [TokenTree] {
        let mut segments = vec![first.to_string()];

        while let [colon, other, TokenTree::Ident(next), after @ ..] = rest
            && is_punct(colon, ':')
            && is_punct(other, ':')
        {
            segments.push(next.to_string());
            rest = after;
        }

        if segments.len() > 1 {
            self.paths.push(PathUse {
                inline: inline.to_vec(),
                segments,
                binds: None,
                is_reexport: false,
                line: first.span().start().line,
            });
        }
        rest
    }
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

fn is_visibility(group: &Group) -> bool {
    group.delimiter() == Delimiter::Parenthesis
        && matches!(
            group.stream().into_iter().next(),
            Some(TokenTree::Ident(word)) if ["crate", "super", "in", "self"].iter().any(|name| word == name)
        )
}

/// The paths of a `use` tree, each with the name that it binds.
fn leaves(tree: &[TokenTree], before: &[String]) -> Vec<(Vec<String>, String)> {
    let mut segments = before.to_vec();
    let mut alias = None;
    let mut rest = tree;

    while let Some((token, after)) = rest.split_first() {
        rest = after;
        match token {
            TokenTree::Ident(word) if word == "as" => {
                alias = rest.first().map(ToString::to_string);
                break;
            }
            TokenTree::Ident(word) => segments.push(word.to_string()),
            TokenTree::Punct(punct) if punct.as_char() == '*' => segments.push("*".to_string()),
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                return inner
                    .split(|token| is_punct(token, ','))
                    .filter(|leaf| !leaf.is_empty())
                    .flat_map(|leaf| leaves(leaf, &segments))
                    .collect();
            }
            _ => {}
        }
    }

    // `use a::b::{self}` binds `b`.
    if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
        segments.pop();
    }
    let binds = alias.or_else(|| segments.last().cloned()).unwrap();
    vec![(segments, binds)]
}
