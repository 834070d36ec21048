//! Reads and evaluates large configurations and prints how long that takes and how much memory.
//!
//! `cargo bench -p provision-language` runs the whole series; `-- RESOURCES CALLS` one size. Each
//! size runs in a process of its own, so that its peak of memory is its own.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use provision_language::check::prepare;
use provision_language::config::VariableInputs;
use provision_language::diagnostics::Diagnostics;
use provision_language::functions::FunctionContext;
use provision_language::source::Sources;

/// Instances in each called module.
const IN_MODULE: usize = 50;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|it| it.parse().ok()).collect();
    match numbers.as_slice() {
        [resources, calls] => measure(*resources, *calls),
        _ => {
            println!("resources  calls  instances     load  evaluate    total   memory");
            for (resources, calls) in
                [(2_000, 20), (5_000, 50), (10_000, 100), (20_000, 200), (40_000, 400)]
            {
                run_apart(resources, calls);
            }
        }
    }
}

fn run_apart(resources: usize, calls: usize) {
    let this = std::env::current_exe().expect("the bench knows itself");
    let arguments = [resources.to_string(), calls.to_string()];
    let status = Command::new(this).args(arguments).status().expect("the bench runs again");
    assert!(status.success(), "the run with {resources} resources failed");
}

fn measure(resources: usize, calls: usize) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    write_configuration(directory.path(), resources, calls);
    // The evaluator recurses as deep as values depend on each other; the binary has such a stack.
    let path = directory.path().to_owned();
    let worker = std::thread::Builder::new().stack_size(512 << 20).spawn(move || {
        let sources = Sources::default();
        let mut diagnostics = Diagnostics::new();
        let start = Instant::now();
        let functions = FunctionContext::new(&path);
        let inputs = VariableInputs::default();
        let program = prepare(&path, &inputs, functions, &sources, &mut diagnostics);
        let program = program.expect("the configuration loads");
        let loaded = start.elapsed();
        program.evaluate();
        let instances = program.instances().len();
        let total = start.elapsed();
        diagnostics.extend(program.diagnostics());
        let first = diagnostics.iter().next().map(|it| (&it.summary, &it.detail));
        assert!(first.is_none(), "the configuration has a mistake: {first:?}");
        (loaded, total, instances)
    });
    let (loaded, total, instances) = worker.expect("a thread starts").join().expect("it runs");
    let seconds = |duration: Duration| format!("{:.2} s", duration.as_secs_f64());
    println!(
        "{resources:>9}  {calls:>5}  {instances:>9}  {:>7}  {:>8}  {:>7}  {:>4} MB",
        seconds(loaded),
        seconds(total - loaded),
        seconds(total),
        peak_memory() / 1024,
    );
}

/// The most memory that the process ever had, in KB; zero where the system does not tell.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}

fn write_configuration(directory: &Path, resources: usize, calls: usize) {
    let mut main = String::from(
        "variable \"prefix\" {\n  default = \"shop\"\n}\n\nlocals {\n  tags = { Project = \
         var.prefix, Environment = \"test\" }\n}\n\nresource \"aws_vpc\" \"main\" {\n  cidr_block \
         = \"10.0.0.0/16\"\n}\n\n",
    );
    for index in 0..resources {
        let _ = match index % 4 {
            0 => writeln!(
                main,
                "resource \"aws_subnet\" \"s{index}\" {{\n  vpc_id     = aws_vpc.main.id\n  \
                 cidr_block = cidrsubnet(\"10.0.0.0/8\", 16, {})\n  tags = \
                 merge(local.tags, {{ Name = \"${{var.prefix}}-{index}\" }})\n}}\n",
                index / 4
            ),
            1 => writeln!(
                main,
                "resource \"aws_security_group\" \"g{index}\" {{\n  name   = \
                 \"${{var.prefix}}-{index}\"\n  vpc_id = aws_vpc.main.id\n  ingress {{\n    \
                 from_port   = 443\n    to_port     = 443\n    protocol    = \"tcp\"\n    \
                 cidr_blocks = [aws_subnet.s{}.cidr_block]\n  }}\n  tags = local.tags\n}}\n",
                index - 1
            ),
            2 => writeln!(
                main,
                "resource \"aws_ssm_parameter\" \"p{index}\" {{\n  name  = \
                 \"/${{var.prefix}}/{index}\"\n  type  = \"String\"\n  value = jsonencode({{ group \
                 = aws_security_group.g{}.name, index = {index} }})\n}}\n",
                index - 1
            ),
            _ => writeln!(
                main,
                "resource \"aws_cloudwatch_log_group\" \"l{index}\" {{\n  name              = \
                 \"/${{var.prefix}}/{index}\"\n  retention_in_days = {index} % 2 == 0 ? 7 : 30\n  \
                 tags = local.tags\n}}\n"
            ),
        };
    }
    for index in 0..calls {
        let _ = writeln!(
            main,
            "module \"m{index}\" {{\n  source = \"./part\"\n  name   = \
             \"${{var.prefix}}-{index}\"\n  size   = {IN_MODULE}\n}}\n\noutput \"m{index}\" {{\n  \
             value = module.m{index}.names\n}}\n"
        );
    }
    let part = "variable \"name\" {\n  type = string\n}\n\nvariable \"size\" {\n  type = \
                number\n}\n\nresource \"aws_sqs_queue\" \"q\" {\n  count = var.size\n  name  = \
                \"${var.name}-${count.index}\"\n  tags  = { Index = count.index }\n}\n\noutput \
                \"names\" {\n  value = aws_sqs_queue.q[*].name\n}\n";
    std::fs::create_dir(directory.join("part")).expect("a directory can be made");
    std::fs::write(directory.join("part/main.tf"), part).expect("a file can be written");
    std::fs::write(directory.join("main.tf"), main).expect("a file can be written");
}
