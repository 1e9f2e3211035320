# The commands that people type. `just` lists them.

set positional-arguments

# Lists the commands.
default:
    @just --list

# Starts the local stack and does the main job; takes the options of `cargo run -- --help`.
run *options:
    cargo run -- "$@"

# Prints a bearer token of the running stack, such as `just token owner`.
token login_id:
    @cargo run --quiet -- token {{ login_id }}

# Runs all tests; takes the options of `cargo test`.
test *options:
    cargo test --workspace --locked "$@"

# Type-checks everything.
check:
    cargo check --workspace --all-targets --locked

# Checks format and lints.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings

# Runs the benchmarks, or one of them, such as `just bench --bench growth`.
bench *options:
    cargo bench -p reinvite-benchmarks "$@"

# Builds the API documentation and checks the names in the documents.
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
    .ci/docs

# Asks the RustSec database about our dependencies; needs a network and cargo-deny.
advisories:
    cargo deny --locked check advisories

# Runs everything that must hold before a merge.
ci:
    .ci/run
