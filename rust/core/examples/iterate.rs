//! One derivation by one backend, for the gate that counts instructions:
//! `iterate BACKEND LANES ITERATIONS`, between two breakpoints, so it must be traced.
//! Without arguments, the names of the backends that this CPU can run, and how many
//! lanes each runs together.
use std::error::Error;
use std::hint::black_box;

use smspoh_core::kdf::{self, Backend, Options};
use smspoh_core::{Rows, Watch};

/// Where whoever traces the program begins to count, and ends.
fn breakpoint() {
    // SAFETY: a stop, for the tracer to see.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!("int3");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, lanes, iterations] = arguments.as_slice() else {
        for backend in Backend::available() {
            println!("{} {}", backend.name(), backend.lanes());
        }
        return Ok(());
    };
    let backend = Some(Backend::named(name).ok_or("this CPU has no such backend")?);
    // One row of as many blocks as lanes, so that nothing else grows with them.
    let length = lanes.parse::<usize>()? * 32;
    let options = Options { iterations: iterations.parse()?, length, threads: 1, backend };
    let (password, salt) = (Rows::Same(b"password"), Rows::Same(b"salt"));
    let mut key = vec![0; length];
    breakpoint();
    kdf::derive_batch(1, password, salt, &options, &mut Watch::none(), &mut key)?;
    breakpoint();
    black_box(&key);
    Ok(())
}
