//! Logs a user in with a password from Reinvite's table, and has a temporary one changed.
//!
//! ```sh
//! export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_REGION=ap-northeast-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
//! export DIRECTORY_TABLE=Directory RESENDS_TABLE=Resends
//! cargo run -p reinvite-engine --example login -- ORGANISATION LOGIN_ID
//! ```
//!
//! It reads the password, and the new one where it must be changed, a line each.

mod service;

use std::{env, error::Error, io::stdin};

use reinvite_aws::Host;
use reinvite_domain::{OrganisationId, Rule, credential::Hashing};
use reinvite_store::{Store, TableNames};
use service::{Login, NotSet, log_in, set_password};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it is what the program is for")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(organisation), Some(login_id)) = (arguments.next(), arguments.next()) else {
        return Err("give an organisation and a login id".into());
    };
    let organisation = OrganisationId::new(organisation)?;
    let host = Host::of_process();
    let tables = host.read(|environment| TableNames::read(|name| environment.required(name)))?;
    let store = Store::connect(&host.sdk, &tables);

    println!("Password:");
    let clock = host.clock;
    match log_in(&store, &organisation, (&login_id, &line()?), clock.now()).await? {
        Login::Refused => println!("Wrong."),
        Login::In(user) => println!("Hello, {}.", user.name()),
        Login::MustChange(user, pending) => {
            println!("That one was mailed to you. A new one:");
            let hashing = (Hashing::default(), clock.now());
            match set_password(&store, &organisation, (&user, &pending), &line()?, hashing).await {
                Ok(()) => println!("It is set."),
                Err(NotSet::Weak(weak)) => println!("Not set: {}.", Rule::from(weak)),
                Err(NotSet::Again) => println!("Not set: log in again."),
                Err(NotSet::Failed(error)) => return Err(error),
            }
        }
    }
    Ok(())
}

fn line() -> Result<String, std::io::Error> {
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_string())
}
