//! The end of a group of processes, on Unix: a program that was started with a group of its own, and what it started in it.

use std::process::{Command, Stdio};

/// Ends all processes of a group at once. `leader`: the process that was started with a group of its own (`process_group(0)`), and whose
/// end was not asked for yet: afterwards its number may be somebody else's. Where there are no groups, nothing happens.
pub fn end_group(leader: u32) {
    if !cfg!(unix) {
        return;
    }
    // The shell has it built in, also where there is no such program. What has ended by itself is no failure.
    let kill = Command::new("/bin/sh")
        .args(["-c", "kill -s KILL -- \"-$0\"", &leader.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    drop(kill);
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::io::{BufRead, BufReader, Read};
    use std::os::unix::process::CommandExt;

    use super::*;

    #[test]
    fn a_group_ends_with_all_that_is_in_it_and_nobody_else_does() {
        let start = || {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", "sleep 60 & echo begun; wait"]);
            command.stdout(Stdio::piped()).process_group(0);
            let mut child = command.spawn().unwrap();
            let mut output = BufReader::new(child.stdout.take().unwrap());
            let mut begun = String::new();
            output.read_line(&mut begun).unwrap();
            (child, output)
        };
        let ((mut one, mut of_one), (mut other, _of_other)) = (start(), start());
        end_group(one.id());
        assert!(!one.wait().unwrap().success());
        // The output is at its end when nobody holds it any more: neither the shell nor what it had started.
        let mut rest = Vec::new();
        of_one.read_to_end(&mut rest).unwrap();
        assert!(rest.is_empty());
        assert!(other.try_wait().unwrap().is_none());
        end_group(other.id());
        other.wait().unwrap();
    }
}
