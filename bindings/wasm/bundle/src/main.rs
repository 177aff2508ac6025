//! `bundle MODULE.wasm FOLDER`: writes the module with its JavaScript and its types, for Node.js and for browsers.

use std::path::Path;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder] = arguments.as_slice() else {
        eprintln!("bundle MODULE.wasm FOLDER");
        return ExitCode::from(2);
    };
    for name in ["nodejs", "web"] {
        let mut bindgen = Bindgen::new();
        // Types too; where the module lies beside its JavaScript, nobody says so; and nothing that only debuggers read.
        bindgen
            .typescript(true)
            .omit_default_module_path(false)
            .remove_name_section(true)
            .remove_producers_section(true);
        let written = match name {
            "nodejs" => bindgen.nodejs(true),
            _ => bindgen.web(true),
        }
        .and_then(|bindgen| {
            bindgen
                .input_path(module)
                .out_name("cardseal")
                .generate(Path::new(folder).join(name))
        });
        if let Err(error) = written {
            eprintln!("{name}: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
