using WaitFor.CommandLine;
using WaitFor.Kubernetes.Access;
using WaitFor.Verdicts;

namespace WaitFor.Tests.CommandLine;

public sealed class GateCommandTests
{
    /// <summary>Our forms and k8s-wait-for's: words (separated by '|'), and the targets as they are called.</summary>
    [Theory]
    [InlineData("job/db-migrate-v42", "job/db-migrate-v42")]
    [InlineData("shop/job/db", "[shop] job/db")]
    [InlineData("jobs.batch/db|po/web-0|svc/redis|services/redis|pods/x", "job/db, pod/web-0, service/redis, service/redis, pod/x")]
    [InlineData("job.v1.batch/db", "job/db")]
    [InlineData("job-we/db|job-wr/db|pod-we/x|pod-wr/x|jobs-we/db", "job-we/db, job-wr/db, pod-we/x, pod-wr/x, job-we/db")]
    [InlineData("pod:app=db", "pod:app=db")]
    [InlineData("shop/pod:app.kubernetes.io/name=db,tier!=cache", "[shop] pod:app.kubernetes.io/name=db,tier!=cache")]
    [InlineData("job|db", "job/db")]
    [InlineData("job|a|b", "job/a, job/b")]
    [InlineData("job-wr|db|-n|shop", "job-wr/db")]
    [InlineData("pod|-lapp=db,tier!=cache", "pod:app=db,tier!=cache")]
    [InlineData("pod|-l|app=db", "pod:app=db")]
    [InlineData("pod|--selector=app=db", "pod:app=db")]
    [InlineData(
        "pod|-lrelease in (develop), chart notin (cross-support-job-3p)",
        "pod:release in (develop), chart notin (cross-support-job-3p)"
    )]
    [InlineData("pod-we|-lapp=develop-volume-gluster-krakow", "pod-we:app=develop-volume-gluster-krakow")]
    [InlineData("job|develop-volume-s3-krakow-init|--namespace=ns|--request-timeout=5s", "job/develop-volume-s3-krakow-init")]
    [InlineData("job|db|--request-timeout|5s", "job/db")]
    [InlineData("service|redis|-nshop", "service/redis")]
    [InlineData("service|-lapp=redis|-A", "service:app=redis")]
    [InlineData("-l|app=db|job", "job:app=db")]
    [InlineData("--timeout|5m|job/db|service/redis", "job/db, service/redis")]
    [InlineData("--|job/db", "job/db")]
    [InlineData("job|db|-v=6", "job/db")]
    [InlineData("job|db|--verbose=false|--all-namespaces=false", "job/db")]
    [InlineData("job/db|--termination-log=", "job/db")]
    public void Words_are_read_as_targets(string words, string targets)
    {
        var options = Read(words);

        Assert.Equal(
            targets,
            string.Join(", ", options.Targets.Select(target => (target.AskedNamespace is { } name ? $"[{name}] " : "") + target))
        );
    }

    /// <summary>Wrong input, and the line that names it, the reason and the next step.</summary>
    [Theory]
    [InlineData(
        "",
        "no target: write KIND/NAME, KIND:SELECTOR or NAMESPACE/KIND/NAME, such as job/x or deployment/web; see wait-for --help"
    )]
    [InlineData("-l|app=x", "--selector \"app=x\": the kind is missing; write job -l SELECTOR, pod -l SELECTOR or service -l SELECTOR")]
    [InlineData("--all", "--all: the kind is missing; write job --all, pod --all or service --all")]
    [InlineData("pod|--all|-l|app=x", "--all and --selector \"app=x\" cannot be combined; remove one")]
    [InlineData("pod|db|--all", "\"db\" and --all: give names or --all, not both")]
    [InlineData(
        "job|a|pod|b",
        "\"pod\" after the verb \"job\" is not a name: only names can follow a verb; to mix kinds or namespaces write each "
            + "target as KIND/NAME: job/a pod/b"
    )]
    [InlineData(
        "web",
        "\"web\" is neither a target nor a kind: write KIND/NAME, KIND:SELECTOR or NAMESPACE/KIND/NAME, such as job/x or deployment/web"
    )]
    [InlineData("job/", "the name is empty: write KIND/NAME, KIND:SELECTOR or NAMESPACE/KIND/NAME, such as job/x or deployment/web")]
    [InlineData(
        "job/DB",
        "name \"DB\": a name consists of lower case letters, digits, '-' and '.', and begins and ends with a letter or digit"
    )]
    [InlineData(
        "job/db_v1",
        "name \"db_v1\": a name consists of lower case letters, digits, '-' and '.', and begins and ends with a letter or digit"
    )]
    [InlineData("job|", "the name is empty: write KIND/NAME, KIND:SELECTOR or NAMESPACE/KIND/NAME, such as job/x or deployment/web")]
    [InlineData(
        "a/b/c/d",
        "\"a/b/c/d\" is not a target: write KIND/NAME, KIND:SELECTOR or NAMESPACE/KIND/NAME, such as job/x or deployment/web"
    )]
    [InlineData(
        "Shop/job/db",
        "namespace \"Shop\" of \"Shop/job/db\": a namespace consists of lower case letters, digits and '-', and begins and ends with a "
            + "letter or digit"
    )]
    [InlineData("service-we/redis", "\"service-we\": the suffixes -we and -wr are for jobs and pods; write service")]
    [InlineData("job", "\"job\" needs a name or a selector: write job NAME or job -l SELECTOR, or job --all for all of the namespace")]
    [InlineData(
        "job|service/redis",
        "\"service/redis\" after the verb \"job\" is not a name: only names can follow a verb; to mix kinds or namespaces write "
            + "each target as "
            + "KIND/NAME, such as job/NAME"
    )]
    [InlineData("job|db|-l|app=x", "\"db\" and --selector \"app=x\": give names or -l SELECTOR, not both")]
    [InlineData(
        "job/db|-l|app=x",
        "--selector \"app=x\" works only with one kind, not with the target \"job/db\": write KIND -l SELECTOR, or "
            + "KIND:SELECTOR as one of the "
            + "targets"
    )]
    [InlineData("pod:", "the selector is empty: write KIND/NAME, KIND:SELECTOR or NAMESPACE/KIND/NAME, such as job/x or deployment/web")]
    [InlineData("pod|-l|-n|shop", "selector \"-n\": \"-n\" is not a label key (letters, digits, '-', '_' and '.', at most 63)")]
    [InlineData("pod:app=", null)]
    [InlineData("pod:app in db", "selector \"app in db\": \"in\" needs values in parentheses, such as \"env in (prod, staging)\"")]
    [InlineData("pod:app===db", "selector \"app===db\": a value is expected instead of \"=\"")]
    [InlineData("job/db|--timeout|5", "--timeout \"5\": the unit is missing; write 5s for seconds, 5m for minutes")]
    [InlineData("job/db|--timeout|-5s", "--timeout \"-5s\": it must not be negative")]
    [InlineData("job/db|--timeout|5 minutes", "--timeout \"5 minutes\": write a number with a unit (h, m, s, ms), such as 90s or 1h30m")]
    [InlineData("job/db|--timeout|1d", "--timeout \"1d\": write a number with a unit (h, m, s, ms), such as 90s or 1h30m")]
    [InlineData("job/db|--timeout", "Required argument missing for option: '--timeout'; see wait-for --help")]
    [InlineData("job/db|--on-missing|ignore", "--on-missing \"ignore\": write wait, fail or pass")]
    [InlineData("pod/x|--on-missing|pass", "--on-missing=pass is for Jobs only, not for \"pod/x\"; wait for it with another wait-for")]
    [InlineData(
        "service/x|--expect-label|a=b",
        "--expect-label is for Jobs, pods and workloads, not for \"service/x\"; wait for it with another wait-for"
    )]
    [InlineData(
        "service/x|--expect-image|a:b",
        "--expect-image is for Jobs, pods and workloads, not for \"service/x\"; wait for it with another wait-for"
    )]
    [InlineData("job/db|--expect-label|release", "--expect-label \"release\": write KEY=VALUE")]
    [InlineData(
        "job/db|--expect-label|-x=1",
        "--expect-label \"-x=1\": \"-x\" is not a label key (letters, digits, '-', '_' and '.', at most 63)"
    )]
    [InlineData("pod:app=db|--min-ready|0", "--min-ready \"0\": write a whole number of 1 or more")]
    [InlineData("pod:app=db|--min-ready|two", "--min-ready \"two\": write a whole number of 1 or more")]
    [InlineData("job/db|--min-ready|2", "--min-ready is for pods by selector and for services, not for \"job/db\"; remove it")]
    [InlineData("job/db|-n|a|-n|b", "--namespace is given more than once; give it once")]
    [InlineData(
        "job/db|-n|Shop",
        "--namespace \"Shop\": a namespace consists of lower case letters, digits and '-', and begins and ends with a letter or digit"
    )]
    [InlineData(
        "job/db|-A",
        "--all-namespaces cannot be combined with the one object \"job/db\"; name its namespace with --namespace, or use a selector"
    )]
    [InlineData("job/db|-o|yaml", "--output \"yaml\": write text or json")]
    [InlineData("job/db|--retries|3", "unknown option --retries: see wait-for --help")]
    [InlineData("job|db|-A=foo", "-A \"foo\": it takes no value; write -A")]
    [InlineData("job/db|--verbose=banana", "--verbose \"banana\": it takes no value; write --verbose")]
    [InlineData("job/db|--namespace=", "--namespace \"\": it is empty")]
    [InlineData("job/db|--kubeconfig=", "--kubeconfig \"\": write the path of a file")]
    [InlineData("job:app=x|--record|migrations", "--record is for Jobs by name, not for \"job:app=x\"; remove it")]
    [InlineData("pod/cache|--record|migrations", "--record is for Jobs by name, not for \"pod/cache\"; remove it")]
    [InlineData(
        "job/db|--record|Migrations",
        "--record \"Migrations\": a name consists of lower case letters, digits, '-' and '.', and begins and ends with a letter or digit"
    )]
    [InlineData("job/db|--record-write", "--record-write needs --record NAME, the ConfigMap that the completion record is written to")]
    [InlineData("pod/db|--record|a|--record-write", "--record is for Jobs by name, not for \"pod/db\"; remove it")]
    [InlineData("job/db|--record=", "--record \"\": write the name of a ConfigMap")]
    [InlineData("job/db|--record|a|--record|b", "--record is given more than once; give it once")]
    [InlineData("job/db|--report", "--report works only with wait-for rbac; a gate always reports, as far as its permissions allow")]
    [InlineData("job/db|-x", "unknown option -x: see wait-for --help")]
    [InlineData("job|db|-we", "unknown option -we: it belongs to the kind; write job-we or pod-we")]
    [InlineData("pod|-wr|-l|app=x", "unknown option -wr: it belongs to the kind; write job-wr or pod-wr")]
    [InlineData(
        "job/a service/b",
        "\"job/a service/b\" is one word with a blank in it: write each word by itself, in YAML as args: [job/a, service/b]"
    )]
    [InlineData("job db", "\"job db\": write each word as one argument: \"job\", \"db\"")]
    [InlineData("job/db|--tmeout=5s", "unknown option --tmeout: write --timeout")]
    [InlineData("job|db|--v=high", "--v \"high\": it is not a level; write -v, or a whole number (6 or more shows requests)")]
    [InlineData("job|db|--show-lables", "unknown option --show-lables: write --show-labels")]
    [InlineData("job|db|--watch=maybe", "--watch \"maybe\": it takes no value; write --watch, or leave it out: it has no effect on a gate")]
    public void Wrong_input_is_told_in_one_line(string words, string? message)
    {
        if (message is null)
            Read(words);
        else
            Assert.Equal(message, Assert.Throws<UsageException>(() => Read(words)).Message);
    }

    [Fact]
    public void The_flags_of_kubectl_say_which_server_is_asked_and_as_whom()
    {
        var access = Read(
            "job|db|-s=https://api:6443|--token=t|--certificate-authority|/ca.pem|--tls-server-name|api|--cluster=c|--user=u|--as=jane|"
                + "--as-group=dev|--as-group|ops|--as-uid=7|--request-timeout=5"
        ).Access;

        Assert.Equal(
            ("https://api:6443", "t", "/ca.pem", "api"),
            (access.Server, access.Token, access.CertificateAuthority, access.TlsServerName)
        );
        Assert.Equal(("c", "u", "jane", "7"), (access.Cluster, access.User, access.As, access.AsUid));
        Assert.Equal(["dev", "ops"], access.AsGroups);
        Assert.Equal(TimeSpan.FromSeconds(5), access.RequestTimeout);
        Assert.True(Read("job/db|--insecure-skip-tls-verify=true").Access.InsecureSkipTlsVerify);
        Assert.Equal(AccessOverrides.None, Read("job/db|--request-timeout=0").Access with { AsGroups = AccessOverrides.None.AsGroups });
    }

    [Theory]
    [InlineData("--token=", "--token \"\": write a bearer token")]
    [InlineData("--request-timeout=soon", "--request-timeout \"soon\": write a number with a unit (h, m, s, ms), such as 90s or 1h30m")]
    [InlineData(
        "--certificate-authority=a|--insecure-skip-tls-verify",
        "--certificate-authority and --insecure-skip-tls-verify cannot be combined; remove one"
    )]
    [InlineData("--client-key=k", "unknown option --client-key: set it in a kubeconfig and use --kubeconfig")]
    public void A_wrong_flag_of_kubectl_is_named(string words, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Read("job/db|" + words)).Message);

    [Fact]
    public void Options_have_defaults()
    {
        var options = Read("pod:app=db");

        Assert.Equal(TimeSpan.FromMinutes(10), options.Timeout);
        Assert.Null(options.Namespace);
        Assert.Equal(OnMissing.Wait, options.Targets[0].Expected.OnMissing);
        Assert.Null(options.Targets[0].Expected.MinReady);
        Assert.Empty(options.Notes);
    }

    [Fact]
    public void Options_come_from_the_environment_and_the_command_line_wins()
    {
        var variables = new Dictionary<string, string>
        {
            ["WAIT_FOR_NAMESPACE"] = "shop",
            ["WAIT_FOR_TIMEOUT"] = "90s",
            ["WAIT_FOR_ON_MISSING"] = "fail",
            ["WAIT_FOR_EXPECT_LABEL"] = "release=v42, tier=db",
            ["WAIT_FOR_EXPECT_IMAGE"] = "a:1,b:2",
            ["WAIT_FOR_KUBECONFIG"] = "/kube/config",
            ["WAIT_FOR_CONTEXT"] = "",
            ["WAIT_FOR_OUTPUT"] = "json",
            ["WAIT_FOR_VERBOSE"] = "true",
            ["WAIT_FOR_TERMINATION_LOG"] = "",
            ["WAIT_TIME"] = "5",
        };

        var command = Parse("job/db|--timeout|1m", variables);
        var options = command.Read();

        Assert.Equal("shop", options.Namespace);
        Assert.Equal(TimeSpan.FromMinutes(1), options.Timeout);
        Assert.Equal(OnMissing.Fail, options.Targets[0].Expected.OnMissing);
        Assert.Equal(["release=v42", "tier=db"], options.Targets[0].Expected.Labels.Select(label => $"{label.Key}={label.Value}"));
        Assert.Equal(["a:1", "b:2"], options.Targets[0].Expected.Images);
        Assert.Equal("/kube/config", options.Kubeconfig);
        Assert.Null(options.Context);
        Assert.Equal(new OutputOptions(Json: true, Verbose: true, TerminationLog: null), command.Output);
        Assert.Equal(
            [new Note("WAIT_TIME is accepted and has no effect: changes come by a watch (see --poll-interval)", Warning: false)],
            options.Notes
        );
    }

    [Theory]
    [InlineData("WAIT_FOR_TIMEOUT", "soon", "WAIT_FOR_TIMEOUT \"soon\": write a number with a unit (h, m, s, ms), such as 90s or 1h30m")]
    [InlineData("WAIT_FOR_ALL_NAMESPACES", "yes", "WAIT_FOR_ALL_NAMESPACES \"yes\": write true or false")]
    [InlineData("TREAT_ERRORS_AS_READY", "3", "TREAT_ERRORS_AS_READY \"3\": write 0, 1 (as the suffix -we) or 2 (as -wr)")]
    public void A_wrong_variable_is_named(string name, string value, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Parse("job/db", new() { [name] = value }).Read()).Message);

    [Theory]
    [InlineData("1", "job|db", Tolerance.FailedEnd)]
    [InlineData("2", "pod|db", Tolerance.IfSomeSucceeded)]
    [InlineData("0", "job|db", Tolerance.None)]
    [InlineData("1", "job-wr|db", Tolerance.IfSomeSucceeded)]
    [InlineData("1", "service|db", Tolerance.None)]
    [InlineData("1", "job/db", Tolerance.None)]
    public void TREAT_ERRORS_AS_READY_is_the_suffix_of_a_verb_that_has_none(string value, string words, Tolerance tolerance) =>
        Assert.Equal(tolerance, Parse(words, new() { ["TREAT_ERRORS_AS_READY"] = value }).Read().Targets[0].Expected.Tolerance);

    [Theory]
    [InlineData("0", false)]
    [InlineData("1", true)]
    [InlineData("2", true)]
    [InlineData("", false)]
    public void DEBUG_keeps_its_meaning(string value, bool verbose) =>
        Assert.Equal(verbose, Parse("job/db", new() { ["DEBUG"] = value }).Output.Verbose);

    [Theory]
    [InlineData("--termination-log|/tmp/x", "/tmp/x")]
    [InlineData("--termination-log=", "")]
    public void The_termination_log_can_be_moved_or_left_out(string words, string path) =>
        Assert.Equal(path.Length == 0 ? null : path, Parse("job/db|" + words, []).Output.TerminationLog);

    [Fact]
    public void An_option_has_a_variable() =>
        Assert.Equal(
            "WAIT_FOR_ON_MISSING",
            GateCommand.VariableOf(Parse("job/db", []).Options.Single(option => option.Name == "--on-missing"))
        );

    [Theory]
    [InlineData("WAIT_FOR_TIMEOUTS", "unknown environment variable WAIT_FOR_TIMEOUTS: write WAIT_FOR_TIMEOUT")]
    [InlineData("WAIT_FOR_NAMESAPCE", "unknown environment variable WAIT_FOR_NAMESAPCE: write WAIT_FOR_NAMESPACE")]
    [InlineData("WAIT_FOR_EXPECTED_LABEL", "unknown environment variable WAIT_FOR_EXPECTED_LABEL: write WAIT_FOR_EXPECT_LABEL")]
    [InlineData(
        "WAIT_FOR_SOMETHING_ELSE",
        "unknown environment variable WAIT_FOR_SOMETHING_ELSE: see wait-for --help for the options that have one"
    )]
    [InlineData("WAIT_FOR_", "unknown environment variable WAIT_FOR_: see wait-for --help for the options that have one")]
    // A service that is called wait-for, or begins with it, leaves these in every pod of its namespace.
    [InlineData("WAIT_FOR_SERVICE_HOST", null)]
    [InlineData("WAIT_FOR_SERVICE_PORT_HTTP", null)]
    [InlineData("WAIT_FOR_PORT", null)]
    [InlineData("WAIT_FOR_PORT_80_TCP_ADDR", null)]
    [InlineData("WAIT_FOR_REDIS_SERVICE_HOST", null)]
    [InlineData("WAIT_FOR_REDIS_PORT_6379_TCP", null)]
    [InlineData("WAIT_FOR_SERVICE_ACCOUNT", null)]
    [InlineData("WAIT_FOR_SERVICE_ACOUNT", "unknown environment variable WAIT_FOR_SERVICE_ACOUNT: write WAIT_FOR_SERVICE_ACCOUNT")]
    [InlineData("WAIT_FOR_ON_MISSING", null)]
    [InlineData("wait_for_timeouts", null)]
    [InlineData("AWAIT_FOR_TIMEOUTS", null)]
    public void An_unknown_variable_is_refused_and_the_nearest_is_named(string variable, string? message)
    {
        var command = new GateCommand(["job/db"], _ => null, ["PATH", variable, "HOME"]);

        if (message is null)
            command.Read();
        else
            Assert.Equal(message, Assert.Throws<UsageException>(command.Read).Message);
    }

    [Fact]
    public void A_record_goes_with_the_Jobs_by_name_among_the_targets()
    {
        var targets = Read("job/db|pod/cache|job:app=x|--record|migrations").Targets;

        Assert.Equal(["migrations", null, null], targets.Select(target => target.Record));
        Assert.Equal("migrations", Parse("job/db", new() { ["WAIT_FOR_RECORD"] = "migrations" }).Read().Targets[0].Record);
    }

    private static GateOptions Read(string words) => Parse(words, []).Read();

    private static GateCommand Parse(string words, Dictionary<string, string> variables) =>
        new(words.Length == 0 ? [] : words.Split('|'), variables.GetValueOrDefault!);
}
