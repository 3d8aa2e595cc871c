using WaitFor.CommandLine;

namespace WaitFor.Tests.CommandLine;

/// <summary>The argument lists with which public repositories call k8s-wait-for, with plain names, and what the peer asks the server
/// for.</summary>
public sealed class PeerFormTests
{
    [Theory]
    [InlineData("job|n1", "job/n1")]
    [InlineData("job-wr|n1", "job-wr/n1")]
    [InlineData("service|n1|-n|ns2", "service/n1 in ns2")]
    [InlineData("job|n1|-n|ns2", "job/n1 in ns2")]
    [InlineData("pod|-n|ns1", "pod:* in ns1")]
    [InlineData("pod|-ll1=l2|-n|ns1", "pod:l1=l2 in ns1")]
    [InlineData("pod-wr|-ll1=l2", "pod-wr:l1=l2")]
    [InlineData("pod|n1", "pod/n1")]
    [InlineData("pod|-l|l1=l2|-A", "pod:l1=l2 in all")]
    [InlineData("pod-we|-ll1=l2", "pod-we:l1=l2")]
    [InlineData("pod|-ll1=l2\n", "pod:l1=l2")]
    [InlineData("job|-l l1 in (l2), l3 in (l4), l5 notin (l6,l7,l8,l9,l10)\n", "job:l1 in (l2), l3 in (l4), l5 notin (l6,l7,l8,l9,l10)")]
    [InlineData("job|-l l1 in (l2), l3 in (l4), l5 notin (l6)\n", "job:l1 in (l2), l3 in (l4), l5 notin (l6)")]
    [InlineData("pod|-l l1 in (l2), l3 notin (l4, l5, l6)\n", "pod:l1 in (l2), l3 notin (l4, l5, l6)")]
    [InlineData("pod|-ll1=l2|-ll1=l2|-ll1=l2|-ll1=l2", "pod:l1=l2")]
    [InlineData("service|n1|--context|ctx2|--namespace|ns3", "service/n1 in ns3 of ctx2")]
    [InlineData("service|n1|--namespace|ns2", "service/n1 in ns2")]
    [InlineData("pod|n1|--namespace|ns2", "pod/n1 in ns2")]
    [InlineData("service|n1|--namespace|ns2|--context|ctx3", "service/n1 in ns2 of ctx3")]
    [InlineData("job|n1|n2", "job/n1, job/n2")]
    [InlineData("job|-n|ns1|-l|l1=l2", "job:l1=l2 in ns1")]
    [InlineData("pod|-ll1=l2,l3=l4,l5=l4", "pod:l1=l2,l3=l4,l5=l4")]
    [InlineData("service|n1|n2", "service/n1, service/n2")]
    [InlineData("job|n1|n2|n3", "job/n1, job/n2, job/n3")]
    [InlineData("job|-l l1 in (l2), l3 in (l4)", "job:l1 in (l2), l3 in (l4)")]
    [InlineData("pod|-ll1=l2,l3=l4", "pod:l1=l2,l3=l4")]
    [InlineData("pod-wr|-l|l1=l2,l3=l4", "pod-wr:l1=l2,l3=l4")]
    [InlineData("job|-ll1=l2", "job:l1=l2")]
    [InlineData("pod|-ll1=l2,l3=l4,l5=l6", "pod:l1=l2,l3=l4,l5=l6")]
    [InlineData("pod|n1|-n|ns2", "pod/n1 in ns2")]
    // Of the same kinds, not in the collection.
    [InlineData("pod|-A", "pod:* in all")]
    [InlineData("pod|-n|ns1|-A", "pod:* in all")]
    [InlineData("pod|--all", "pod:*")]
    [InlineData("job|--all|--namespace=ns1", "job:* in ns1")]
    [InlineData("pod|--all-namespaces=true|--selector=l1=l2", "pod:l1=l2 in all")]
    [InlineData("job|n1|job|n2", "job/n1, job/n2")]
    [InlineData("job|n1|job|n2|job|n3", "job/n1, job/n2, job/n3")]
    [InlineData("job|job/n1", "job/n1")]
    [InlineData("job|job.batch/n1|jobs/n2", "job/n1, job/n2")]
    [InlineData("job-wr|job/n1", "job-wr/n1")]
    [InlineData("service|service", "service/service")]
    [InlineData("pod|job", "pod/job")]
    [InlineData("pod|-l|\n  l1=l2,\n  l3=l4\n", "pod:l1=l2,\n  l3=l4")]
    [InlineData("pod|-l|l1=l2|-l|l3=l4", "pod:l3=l4")]
    [InlineData("pod|-ll1=l2|--field-selector|status.phase=Running", "pod:l1=l2 where status.phase=Running")]
    [InlineData("pod|--field-selector=status.phase!=Succeeded|-nns1", "pod:* in ns1 where status.phase!=Succeeded")]
    [InlineData("job|n1|-o|wide", "job/n1")]
    [InlineData("job|n1|-ojsonpath={.status}", "job/n1")]
    [InlineData("pod|-lapp=x|-o|name|--no-headers|--show-labels", "pod:app=x")]
    [InlineData("pod|-lapp=x|--sort-by|.metadata.name|--chunk-size=5|--ignore-not-found", "pod:app=x")]
    [InlineData("job|n1|--ignore-not-found=true|-w|--watch=false|-L|app", "job/n1")]
    [InlineData("job|n1|-v=8|--v=9", "job/n1")]
    [InlineData("job|n1|-v|8|--v|2", "job/n1")]
    [InlineData("job|n1|-v9", "job/n1")]
    public void The_same_is_asked_for(string words, string asked)
    {
        var options = new GateCommand(words.Split('|'), _ => null).Read();

        Assert.Equal(
            asked,
            string.Join(
                ", ",
                options.Targets.Select(target =>
                    $"{target}{(options.AllNamespaces ? " in all" : options.Namespace is { } name ? $" in {name}" : "")}"
                    + $"{(target.FieldSelector is { } fields ? $" where {fields}" : "")}"
                )
            ) + (options.Context is { } context ? $" of {context}" : "")
        );
    }

    /// <summary>The variables that stand beside some of them.</summary>
    [Theory]
    [InlineData("WAIT_TIME", "2")]
    [InlineData("MAX_RETRIES", "1")]
    [InlineData("DEBUG", "3")]
    [InlineData("KUBERNETES_SERVICE_PORT_HTTPS", "443")]
    public void A_variable_of_the_peer_is_accepted(string name, string value) =>
        Assert.Equal("job/n1", new GateCommand(["job", "n1"], asked => asked == name ? value : null, [name]).Read().Targets[0].ToString());

    [Theory]
    [InlineData("pod|-l|l1=l2|-l|l1=l2", null)]
    [InlineData("pod|-l|l1=l2|--selector=l1=l2 ", null)]
    [InlineData(
        "pod|-l|a=b|-lc=d",
        "of several --selector the last one counts, as in kubectl: \"c=d\" replaces \"a=b\"; to ask for both write --selector \"a=b,c=d\""
    )]
    [InlineData("pod|-n|ns1|-A", "--all-namespaces counts, as in kubectl: --namespace ns1 has no effect beside it")]
    public void What_another_argument_replaces_is_a_warning(string words, string? warning) =>
        Assert.Equal(
            warning,
            new GateCommand(words.Split('|'), _ => null)
                .Read()
                .Notes.Where(note => note.Warning)
                .Select(note => note.Text)
                .SingleOrDefault()
        );

    [Theory]
    [InlineData("-v=5", false)]
    [InlineData("-v=6", true)]
    [InlineData("--v=8", true)]
    [InlineData("-v", true)]
    [InlineData("--v=0", false)]
    public void The_level_of_kubectl_decides_about_requests_in_the_log(string word, bool verbose) =>
        Assert.Equal(verbose, new GateCommand(["job", "n1", word], _ => null).Output.Verbose);

    [Theory]
    [InlineData(
        "sh|-c|wait_for.sh job db-migrate && wait_for.sh pod -lapp=db -n infra",
        "\"sh\": there is no shell in this image; write args: [\"job/db-migrate\", \"infra/pod:app=db\"], all of which must be "
            + "ready; or use the image wait-for-shell, which has one"
    )]
    [InlineData(
        "/bin/sh|-ec|/usr/local/bin/wait_for.sh job-wr 'a' b;\nwait_for.sh service c",
        "\"/bin/sh\": there is no shell in this image; write args: [\"job-wr/a\", \"job-wr/b\", \"service/c\"], all of which must be "
            + "ready; or use the image wait-for-shell, which has one"
    )]
    [InlineData(
        "sh|-c|wait_for.sh pod -l\"app in (a, b)\"",
        "\"sh\": there is no shell in this image; write args: [\"pod:app in (a, b)\"], all of which must be ready; or use the image "
            + "wait-for-shell, which has one"
    )]
    // What more a script does is not translated.
    [InlineData("sh|-c|wait_for.sh job $NAME", null)]
    [InlineData("bash|-c|sleep 5; wait_for.sh job a", null)]
    [InlineData("sh|-c|wait_for.sh job a || true", null)]
    [InlineData("sh|-c|wait_for.sh job a --timeout 5s", null)]
    [InlineData("sh", null)]
    public void A_shell_is_refused_with_the_targets_that_its_script_waits_for(string words, string? message) =>
        Assert.Equal(
            message
                ?? $"\"{words.Split('|')[0]}\": there is no shell in this image; write all targets as arguments, such as args: "
                    + "[job/NAME, pod:SELECTOR]; or use the image wait-for-shell, which has one",
            Assert.Throws<UsageException>(() => new GateCommand(words.Split('|', 3), _ => null).Read()).Message
        );
}
