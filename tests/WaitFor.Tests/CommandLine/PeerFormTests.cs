using System.Text.Json.Nodes;
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
    // The script's shell takes what stands behind the first two words apart at blanks, and hands on no empty word.
    [InlineData("job|n1|-n ns1", "job/n1 in ns1")]
    [InlineData("job|n1|--namespace ns1", "job/n1 in ns1")]
    [InlineData("job|n1|--namespace ns1 --context ctx2", "job/n1 in ns1 of ctx2")]
    [InlineData("pod|-lapp=x|-n ns1 --request-timeout=5s", "pod:app=x in ns1")]
    [InlineData("pod|-l|app=x -n ns1", "pod:app=x in ns1")]
    [InlineData("pod|-l app=x -n ns1", "pod:app=x in ns1")]
    [InlineData("pod|-l app in (x, y) -n ns1", "pod:app in (x, y) in ns1")]
    [InlineData("job|n1|", "job/n1")]
    [InlineData("job|n1| |-n|ns1", "job/n1 in ns1")]
    [InlineData("job|n1\n", "job/n1")]
    [InlineData("job|n1|n2\n", "job/n1, job/n2")]
    [InlineData("job-wr|n1|n2 n3|-n|ns1", "job-wr/n1 in ns1, job-wr/n2 in ns1, job-wr/n3 in ns1")]
    [InlineData("pod|-l app=x |-n|ns1 ", "pod:app=x in ns1")]
    [InlineData("pod|-l|app=x\n|--namespace=ns1\n", "pod:app=x in ns1")]
    [InlineData("service|n1|-n\n|ns1", "service/n1 in ns1")]
    [InlineData("job|-n|ns1|n1|n2", "job/n1 in ns1, job/n2 in ns1")]
    [InlineData("job-we|-nns1|n1", "job-we/n1 in ns1")]
    [InlineData("job|n1|--kubeconfig|/a b/config|--context|my ctx", "job/n1 of my ctx")]
    [InlineData("job|-A|-l|app in (x)", "job:app in (x) in all")]
    [InlineData("job|--no-headers|n1|-A=false", "job/n1")]
    // Selectors of each form.
    [InlineData("pod|-lapp in (a,b)|-n|ns1", "pod:app in (a,b) in ns1")]
    [InlineData("pod|-Alapp=x", "pod:app=x in all")]
    [InlineData("pod|-Al|app in (x, y)", "pod:app in (x, y) in all")]
    [InlineData("pod|-l=app=x|-n=ns1", "pod:app=x in ns1")]
    [InlineData("job-WE|n1", "job-we/n1")]
    [InlineData("POD-wr|-lapp=x", "pod-wr:app=x")]
    // Short flags in one word, and flags that are given again.
    [InlineData("pod|-lapp=x|-Aw", "pod:app=x in all")]
    [InlineData("pod|-wAlapp=x", "pod:app=x in all")]
    [InlineData("pod|-wl|app=x", "pod:app=x")]
    [InlineData("job|n1|-wnns1", "job/n1 in ns1")]
    [InlineData("pod|-lapp=x|-Aowide", "pod:app=x in all")]
    [InlineData("pod|-lapp=x|-A|-A|--all-namespaces", "pod:app=x in all")]
    [InlineData("pod|-lapp=x|-A|--all-namespaces=false", "pod:app=x")]
    [InlineData("job|n1|-v|-v|--v=8|--insecure-skip-tls-verify|--insecure-skip-tls-verify=true", "job/n1")]
    [InlineData("service|-l|app=x,tier!=cache", "service:app=x,tier!=cache")]
    [InlineData("job|-l|app,!legacy", "job:app,!legacy")]
    [InlineData("job|-l app.kubernetes.io/name = x , tier notin( a )", "job:app.kubernetes.io/name = x , tier notin( a )")]
    [InlineData("pod-wr|-lapp==x", "pod-wr:app==x")]
    // Of kubectl's options the last one counts, and an empty one is none.
    [InlineData("job|n1|-n|ns1|--namespace=ns2", "job/n1 in ns2")]
    [InlineData("job|n1|--context=a|--context|b", "job/n1 of b")]
    [InlineData("job|n1|--namespace=", "job/n1")]
    [InlineData("job|n1|--namespace=|--context=|--kubeconfig=|-n|ns1", "job/n1 in ns1")]
    // Of kubectl describe, by which the script asks for Jobs, and of older kubectls.
    [InlineData("job|n1|--show-events=false|--vmodule|a=1", "job/n1")]
    [InlineData("pod|-lapp=x|--alsologtostderr|--stderrthreshold=2|-a|-Lapp", "pod:app=x")]
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

    [Fact]
    public void Every_list_of_the_collection_is_in_the_table()
    {
        var rows = typeof(PeerFormTests)
            .GetMethod(nameof(The_same_is_asked_for))!
            .GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute =>
                (string)((IReadOnlyCollection<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)
                    .First()
                    .Value!
            )
            .ToHashSet(StringComparer.Ordinal);

        var missing = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Lint", "k8s-wait-for-forms.jsonl"))
            .Select(line => string.Join('|', JsonNode.Parse(line)!["args"]!.AsArray().Select(word => (string)word!)))
            // The one that asks for help.
            .Where(words => words != "-h" && !rows.Contains(words));
        Assert.Empty(missing);
    }

    /// <summary>The variables that stand beside some of them.</summary>
    [Theory]
    [InlineData("WAIT_TIME", "2")]
    [InlineData("MAX_RETRIES", "1")]
    [InlineData("DEBUG", "3")]
    [InlineData("KUBERNETES_SERVICE_PORT_HTTPS", "443")]
    // The script sets it itself, so that it has no effect there either.
    [InlineData("KUBECTL_ARGS", "-n ns1")]
    [InlineData("DEBUG", "yes")]
    [InlineData("WAIT_TIME", "1m")]
    [InlineData("TREAT_ERRORS_AS_READY", "0")]
    [InlineData("TREAT_ERRORS_AS_READY", "")]
    public void A_variable_of_the_peer_is_accepted(string name, string value) =>
        Assert.Equal("job/n1", new GateCommand(["job", "n1"], asked => asked == name ? value : null, [name]).Read().Targets[0].ToString());

    [Theory]
    [InlineData("pod|-l|l1=l2|-l|l1=l2", null)]
    [InlineData("pod|-l|l1=l2|--selector=l1=l2 ", null)]
    [InlineData(
        "pod|-l|a=b|-lc=d",
        "of several --selector the last one counts, as in kubectl: \"c=d\" replaces \"a=b\"; to ask for both write --selector \"a=b,c=d\""
    )]
    [InlineData(
        "job|n1|-n|ns1|--namespace=ns2",
        "of several --namespace the last one counts, as in kubectl: \"ns2\" replaces \"ns1\""
    )]
    [InlineData("job|n1|-n|ns1|-n|ns1", null)]
    [InlineData("job|n1|--token=secret1|--token=secret2", "of several --token the last one counts, as in kubectl")]
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

    /// <summary>A refusal says what to write, with the words that were given.</summary>
    [Theory]
    [InlineData("job n1", "\"job n1\": write each word as one argument: \"job\", \"n1\"")]
    [InlineData("wait_for.sh|job|n1", "\"wait_for.sh\": leave it out; write job n1")]
    [InlineData("kubectl|wait|--for=condition=complete|job/n1", "\"kubectl\": leave it out; write wait job/n1")]
    [InlineData("job|\"n1\"", "write n1, without the quotes")]
    [InlineData("job|n1,n2", "write job n1 n2")]
    [InlineData("pod|app=x", "for a selector write pod -l app=x")]
    [InlineData("pod|-l'app=x'", "write app=x, without the quotes")]
    [InlineData("pod|-l|\"app in (a, b)\"", "write app in (a, b), without the quotes")]
    [InlineData("job|$(JOB)", "the container has no variable JOB: set it in env, before the variables that use it")]
    [InlineData("job|-lapp=$APP", "there is no shell that fills in variables; in a pod's args write $(NAME), with NAME in env")]
    [InlineData("job|{{ .Values.job }}", "it is a template that was not rendered; apply what helm template prints")]
    [InlineData("job|n1|pod|n2", "write each target as KIND/NAME: job/n1 pod/n2")]
    [InlineData("job|n1|n2|service/n3", "write each target as KIND/NAME: job/n1 job/n2 service/n3")]
    [InlineData("pod|-lapp=x|job|n1", "give names or -l SELECTOR, not both; to wait for all write pod:app=x job/n1")]
    [InlineData("job|n1|&&|job|n2", "there is no shell: leave it out; all targets of one list must be ready")]
    // A name that a template left empty does not mean all Jobs.
    [InlineData("job||-n|ns1", "the name is empty: write KIND/NAME, KIND:SELECTOR or NAMESPACE/KIND/NAME, such as job/x or deployment/web")]
    [InlineData("pod|-l||-n|ns1", "selector \"\": it is empty")]
    public void What_is_refused_is_told_with_what_to_write(string words, string end) =>
        Assert.EndsWith(
            end,
            Assert.Throws<UsageException>(() => new GateCommand(words.Split('|'), _ => null).Read()).Message,
            StringComparison.Ordinal
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
