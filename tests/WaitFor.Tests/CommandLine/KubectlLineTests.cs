using WaitFor.CommandLine;

namespace WaitFor.Tests.CommandLine;

/// <summary>The argument lists with which public repositories call <c>kubectl wait</c> and <c>kubectl rollout status</c>, with plain names,
/// and what they wait for.</summary>
public sealed class KubectlLineTests
{
    [Theory]
    [InlineData("wait|--for=condition=available|--timeout=1000s|deployment/n1", "deployment/n1 for condition=available=True within 1000 s")]
    [InlineData("rollout|status|deployment|n1", "deployment/n1 within 0 s")]
    [InlineData("rollout|status|deployment/n1|-n|ns2", "deployment/n1 in ns2 within 0 s")]
    [InlineData("rollout|status|deployment/n1|-n|ns2|--timeout=120s", "deployment/n1 in ns2 within 120 s")]
    [InlineData("wait|--for=condition=complete|--timeout=180s|job/n1", "job/n1 for condition=complete=True within 180 s")]
    [InlineData("wait|pods|-n|ns1|-ll1=l2|--for|condition=Ready|--timeout=90s", "pod:l1=l2 in ns1 for condition=Ready=True within 90 s")]
    [InlineData("rollout|status|deployment/n1|-n|ns2|--timeout=600s", "deployment/n1 in ns2 within 600 s")]
    [InlineData("-n|ns1|wait|--for=condition=Ready|pod|-l|l1=l2", "pod:l1=l2 in ns1 for condition=Ready=True within 30 s")]
    [InlineData(
        "wait|--for|condition=established|--timeout=60s|crd/n1",
        "customresourcedefinition/n1 for condition=established=True within 60 s"
    )]
    [InlineData("rollout|status|deployment/n1|-n|ns2|--timeout=300s", "deployment/n1 in ns2 within 300 s")]
    [InlineData("wait|--for=condition=available|--timeout=60s|deploy/n1", "deployment/n1 for condition=available=True within 60 s")]
    [InlineData("wait|pods|-n|ns1|-ll1=l2|--for|condition=Ready|--timeout=300s", "pod:l1=l2 in ns1 for condition=Ready=True within 300 s")]
    [InlineData("wait|--for=condition=complete|--timeout=600s|job/n1", "job/n1 for condition=complete=True within 600 s")]
    [InlineData("rollout|status|deployment/n1|--namespace|ns2", "deployment/n1 in ns2 within 0 s")]
    [InlineData("wait|pod|n1|--for=condition=containersready|--timeout=300s", "pod/n1 for condition=containersready=True within 300 s")]
    [InlineData("rollout|status|-n|ns1|deploy/n2", "deployment/n2 in ns1 within 0 s")]
    [InlineData("rollout|status|-n|ns1|deploy/ns1", "deployment/ns1 in ns1 within 0 s")]
    [InlineData("wait|--for|condition=ready|--timeout=300s|pipeline|n1|-n|n1", "pipeline/n1 in n1 for condition=ready=True within 300 s")]
    [InlineData(
        "wait|--for|condition=ready|--timeout=300s|experiment|n1|-n|n1",
        "experiment/n1 in n1 for condition=ready=True within 300 s"
    )]
    [InlineData("rollout|status|ds|-n|ns1|n2|--timeout|60s", "daemonset/n2 in ns1 within 60 s")]
    [InlineData(
        "wait|--for=condition=Programmed|--timeout=180s|-n|ns1|gateway/n2",
        "gateway/n2 in ns1 for condition=Programmed=True within 180 s"
    )]
    [InlineData("wait|--for=condition=ready|pod|-l|l1=l2|-n|ns1|--timeout=120s", "pod:l1=l2 in ns1 for condition=ready=True within 120 s")]
    [InlineData("wait|--for=condition=Ready|nodes|--all|--timeout=5m", "node:* for condition=Ready=True within 300 s")]
    [InlineData("wait|--for=condition=Ready|pods|-n|ns1|--all|--timeout=5m", "pod:* in ns1 for condition=Ready=True within 300 s")]
    [InlineData(
        "wait|--for=jsonpath={.status.readyReplicas}=1|--timeout=300s|statefulset/n1|-n|ns2",
        "statefulset/n1 in ns2 for jsonpath={.status.readyReplicas}=1 within 300 s"
    )]
    [InlineData(
        "wait|--for=jsonpath={.status.phase}=Ready|--timeout=600s|elasticsearch/n1|-n|ns2",
        "elasticsearch/n1 in ns2 for jsonpath={.status.phase}=Ready within 600 s"
    )]
    [InlineData("wait|--timeout=60s|--for=condition=ready|--all|pod", "pod:* for condition=ready=True within 60 s")]
    [InlineData(
        "wait|-n|ns1|--for=condition=available|--timeout=240s|deployment/n2",
        "deployment/n2 in ns1 for condition=available=True within 240 s"
    )]
    [InlineData(
        "wait|-n|ns1|--for=condition=available|--timeout=180s|deployment/n2",
        "deployment/n2 in ns1 for condition=available=True within 180 s"
    )]
    [InlineData(
        "-n|ns1|wait|helmrelease/n2|--for=condition=ready|--timeout=1m",
        "helmrelease/n2 in ns1 for condition=ready=True within 60 s"
    )]
    [InlineData(
        "-n|ns1|wait|helmrelease/ns1|--for=condition=ready|--timeout=5m",
        "helmrelease/ns1 in ns1 for condition=ready=True within 300 s"
    )]
    [InlineData("wait|--for=condition=Ready|pods|-l|l1=l2|--timeout=300s", "pod:l1=l2 for condition=Ready=True within 300 s")]
    [InlineData("wait|--for=condition=complete|job/n1|-n|ns2|--timeout=120s", "job/n1 in ns2 for condition=complete=True within 120 s")]
    [InlineData(
        "wait|--for=condition=available|deployment/n1|-n|ns2|--timeout=180s",
        "deployment/n1 in ns2 for condition=available=True within 180 s"
    )]
    [InlineData("rollout|status|--watch|--timeout=60s|statefulset/n1", "statefulset/n1 within 60 s")]
    [InlineData("wait|--for=condition=available|--timeout=60s|deployment/n1", "deployment/n1 for condition=available=True within 60 s")]
    [InlineData("rollout|status|--watch|--timeout=60s|statefulset.apps/n1", "statefulset/n1 within 60 s")]
    [InlineData(
        "wait|--for=condition=available|deployment/n1|-n|ns2|--timeout=5m",
        "deployment/n1 in ns2 for condition=available=True within 300 s"
    )]
    [InlineData(
        "wait|--timeout=5m|--for=condition=available|deployment/n1|-n|ns2",
        "deployment/n1 in ns2 for condition=available=True within 300 s"
    )]
    [InlineData(
        "wait|--namespace|ns1|--for=condition=ready|pod|--selector=l1=l2|--timeout=5m",
        "pod:l1=l2 in ns1 for condition=ready=True within 300 s"
    )]
    [InlineData(
        "wait|kafka/n1|--for=condition=Ready|--timeout=480s|--namespace|n1",
        "kafka/n1 in n1 for condition=Ready=True within 480 s"
    )]
    [InlineData(
        "wait|--for=condition=Ready|pods|--all|--all-namespaces|--timeout|180s",
        "pod:* in all for condition=Ready=True within 180 s"
    )]
    [InlineData(
        "-n|ns1|wait|--for=condition=available|--timeout=60s|deploy/n2",
        "deployment/n2 in ns1 for condition=available=True within 60 s"
    )]
    [InlineData(
        "wait|--for=condition=Ready|pods|--all|--all-namespaces|--timeout|90s|--field-selector=status.phase!=Succeeded",
        "pod:* in all for condition=Ready=True where status.phase!=Succeeded within 90 s"
    )]
    [InlineData("rollout|status|-n|ns1|-w|deployment/n2", "deployment/n2 in ns1 within 0 s")]
    [InlineData(
        "--namespace=ns1|wait|--for=condition=Available|--timeout=5m|apiservices/n2",
        "apiservice/n2 in ns1 for condition=Available=True within 300 s"
    )]
    [InlineData(
        "wait|--namespace|ns1|--for=condition=ready|pod|--selector|!l1|--timeout=60s",
        "pod:!l1 in ns1 for condition=ready=True within 60 s"
    )]
    [InlineData("wait|--for=condition=ready|pod|-n|ns1|-l|l1=l2|--timeout=120s", "pod:l1=l2 in ns1 for condition=ready=True within 120 s")]
    [InlineData(
        "wait|--for=condition=Established|crd/n1|crd/n2|crd/n3|crd/n4|crd/n5|--timeout=120s",
        "customresourcedefinition/n1, customresourcedefinition/n2, customresourcedefinition/n3, "
            + "customresourcedefinition/n4, customresourcedefinition/n5 for condition=Established=True within 120 s"
    )]
    [InlineData("wait|--timeout=10s|--for=delete|--namespace=ns1|cm/n2", "configmap/n2 in ns1 for delete within 10 s")]
    [InlineData("wait|--for=condition=ready|pod/n1|-n|n1", "pod/n1 in n1 for condition=ready=True within 30 s")]
    [InlineData("wait|pod|--for=condition=Ready|n1|-n|ns2", "pod/n1 in ns2 for condition=Ready=True within 30 s")]
    [InlineData("rollout|status|deployment|n1|-n|ns2|--timeout=300s", "deployment/n1 in ns2 within 300 s")]
    [InlineData("wait|--for=condition=Ready=false|pod/n1", "pod/n1 for condition=Ready=false within 30 s")]
    [InlineData("wait|--for=jsonpath={.status.phase}=Running|pod/n1", "pod/n1 for jsonpath={.status.phase}=Running within 30 s")]
    [InlineData(
        "wait|deployment|-n|ns1|-l|l1=l2|--for|condition=Available=True|--timeout=180s|--kubeconfig=ctx",
        "deployment:l1=l2 in ns1 for condition=Available=True within 180 s"
    )]
    [InlineData("wait|--for|condition=ready|pod/n1|--timeout=30s", "pod/n1 for condition=ready=True within 30 s")]
    [InlineData(
        "wait|--for=condition=ready|pod|-l|l1=l2,l3=l4|-n|ns1|--timeout=600s",
        "pod:l1=l2,l3=l4 in ns1 for condition=ready=True within 600 s"
    )]
    [InlineData("wait|--for=condition=ready|pod|--all|-n|ns1|--timeout=600s", "pod:* in ns1 for condition=ready=True within 600 s")]
    [InlineData("rollout|status|-f|deployment.yml", "file deployment.yml within 0 s")]
    [InlineData("wait|--for=condition=available|deployment/n1", "deployment/n1 for condition=available=True within 30 s")]
    [InlineData(
        "wait|--for=condition=Available|deployment/n1|-n|ns2|--timeout=180s",
        "deployment/n1 in ns2 for condition=Available=True within 180 s"
    )]
    [InlineData(
        "wait|--for=condition=ready|certificate/n1|-n|ns2|--timeout=120s",
        "certificate/n1 in ns2 for condition=ready=True within 120 s"
    )]
    [InlineData("wait|--for=condition=Ready|ksvc/n1|-n|ns2|--timeout=300s", "ksvc/n1 in ns2 for condition=Ready=True within 300 s")]
    [InlineData("wait|--for=condition=Ready|pod|n1", "pod/n1 for condition=Ready=True within 30 s")]
    [InlineData("wait|--for=condition=ready|pods|-l|l1=l2|-n|ns1", "pod:l1=l2 in ns1 for condition=ready=True within 30 s")]
    [InlineData("wait|--for=create|namespace/n1|--timeout|60s", "namespace/n1 for create within 60 s")]
    [InlineData(
        "wait|--for=condition=ready|pod|--selector=l1=l2|--namespace=ns1|--timeout=300s",
        "pod:l1=l2 in ns1 for condition=ready=True within 300 s"
    )]
    [InlineData("wait|--for=condition=Ready|pods|-l|l1=l2|-n|ns1|--timeout=180s", "pod:l1=l2 in ns1 for condition=Ready=True within 180 s")]
    [InlineData("wait|--for|condition=established|--timeout=20s|xrd/n1", "xrd/n1 for condition=established=True within 20 s")]
    [InlineData("wait|-n|ns1|deploy|n2|--for=condition=Available", "deployment/n2 in ns1 for condition=Available=True within 30 s")]
    [InlineData(
        "wait|-n|ns1|deploy/n2|--for=condition=Available|--timeout=600s",
        "deployment/n2 in ns1 for condition=Available=True within 600 s"
    )]
    [InlineData("wait|--timeout=120s|--for=condition=ready|pods/n1", "pod/n1 for condition=ready=True within 120 s")]
    [InlineData(
        "wait|--timeout=300s|-n|ns1|deployment/n2|--for=condition=Available",
        "deployment/n2 in ns1 for condition=Available=True within 300 s"
    )]
    [InlineData(
        "wait|--timeout=180s|--for=condition=Running|fabriccas.hlf.kungfusoftware.es|--all",
        "fabriccas.hlf.kungfusoftware.es:* for condition=Running=True within 180 s"
    )]
    [InlineData("rollout|status|deploy/n1|--timeout=180s", "deployment/n1 within 180 s")]
    [InlineData("rollout|status|statefulset/n1|-n|ns2|--timeout=120s", "statefulset/n1 in ns2 within 120 s")]
    [InlineData("wait|--for=condition=Available|--timeout=300s|deployment/n1", "deployment/n1 for condition=Available=True within 300 s")]
    [InlineData("wait|--for=condition=complete|--timeout=60s|job/n1", "job/n1 for condition=complete=True within 60 s")]
    public void A_line_of_kubectl_is_read_as_kubectl_reads_it(string words, string meaning)
    {
        var options = new GateCommand(words.Split('|'), _ => null).Read();
        var targets = string.Join(", ", options.Targets.Select(target => $"{target}").Concat(options.Files.Select(file => $"file {file}")));
        var first = options.Targets is [var one, ..] ? one : null;

        Assert.Equal(
            meaning,
            targets
                + (options.AllNamespaces ? " in all" : options.Namespace is { } name ? $" in {name}" : "")
                + (first?.Wanted is { } wanted ? $" for {string.Join(" and ", wanted.Items)}" : "")
                + (first?.FieldSelector is { } fields ? $" where {fields}" : "")
                + $" within {options.Timeout.TotalSeconds} s"
        );
        Assert.False(options.Once);
    }

    /// <summary>What is read otherwise behind kubectl's own words.</summary>
    [Theory]
    [InlineData("wait|job/x|--timeout=0", 30, true)]
    [InlineData("wait|job/x|--timeout=-1s", 604800, false)]
    [InlineData("wait|job/x", 30, false)]
    [InlineData("rollout|status|deploy/x", 0, false)]
    [InlineData("rollout|status|deploy/x|--timeout=0s", 0, false)]
    [InlineData("rollout|status|deploy/x|--watch=false", 30, true)]
    [InlineData("rollout|status|deploy/x|-w=false|--timeout=5s", 5, true)]
    [InlineData("job/x|--timeout=0", 0, false)]
    [InlineData("job|x|--watch=false", 600, false)]
    [InlineData("deploy/x", 600, false)]
    public void A_time_limit_is_read_as_the_command_reads_it(string words, int seconds, bool once)
    {
        var options = new GateCommand(words.Split('|'), _ => null).Read();

        Assert.Equal((TimeSpan.FromSeconds(seconds), once), (options.Timeout, options.Once));
    }

    /// <summary>Of the same kinds, not in the collection.</summary>
    [Theory]
    [InlineData("deploy,sts|-l|app=x", "deployment:app=x, statefulset:app=x")]
    [InlineData("deploy,sts|a|b", "deployment/a, deployment/b, statefulset/a, statefulset/b")]
    [InlineData("deploy|-n|ns1", "deployment:*")]
    [InlineData("deployments.v1.apps/x|deploy.apps/y|Deployment/z", "deployment/x, deployment/y, deployment/z")]
    [InlineData("certificates.cert-manager.io/x", "certificates.cert-manager.io/x")]
    [InlineData("kafka|x", "kafka/x")]
    [InlineData("wait|rs,rc|--all", "replicaset:*, replicationcontroller:*")]
    [InlineData("no/a|ns/b|crd/c.d.e|pvc/f|cm/g|secret/h|sa/i", "node/a, namespace/b, customresourcedefinition/c.d.e, "
        + "persistentvolumeclaim/f, configmap/g, secret/h, serviceaccount/i")]
    public void Other_kinds_are_read_in_the_forms_of_kubectl(string words, string targets) =>
        Assert.Equal(targets, string.Join(", ", new GateCommand(words.Split('|'), _ => null).Read().Targets));

    [Theory]
    [InlineData("wait|job/x|--for=condition=complete|--for=condition=complete=false", "--for=condition=complete=True and "
        + "--for=condition=complete=false cannot both hold: a condition has one status")]
    [InlineData("job/x|--for=delete|--for=condition=ready", "--for=delete and --for=condition=ready=True cannot both hold: an object that "
        + "is gone meets nothing else")]
    [InlineData("job/x|--for=ready", "--for=ready: write condition=ready, jsonpath=EXPRESSION[=VALUE], delete or create")]
    [InlineData("job/x|--for=my-ready", "--for=my-ready: use condition=NAME[=VALUE], jsonpath=EXPRESSION[=VALUE], delete or create")]
    [InlineData("pod:app=x|--for=delete|--min-ready=2", "--min-ready cannot be combined with --for=delete; remove one")]
    [InlineData("job-we/x|--for=delete", "--for replaces what \"job-we\" means; write job")]
    [InlineData("job/x|--for=delete|--on-missing=fail", "--on-missing=fail cannot be combined with --for=delete or "
        + "--for=create, which are about "
        + "missing objects")]
    [InlineData("job/x|--for=condition=complete|--record=r", "--record cannot be combined with --for; remove one")]
    [InlineData("job/x|--for=condition=complete|--expect-label=a=b", "--expect-label cannot be combined with --for; remove one")]
    [InlineData("sts/x|--revision=2", "--revision is for Deployments by name, not for \"statefulset/x\"; remove it")]
    [InlineData("deploy/x|--revision=two", "--revision \"two\": write a whole number")]
    [InlineData(
        "cm/x|--fail-fast",
        "--fail-fast looks at pods, at those of a Job or workload by its name, not of \"configmap/x\"; remove it"
    )]
    [InlineData("-f|deploy|job/x", "\"job/x\" cannot be combined with --filename; remove one")]
    [InlineData("-f|deploy|-l|a=b", "\"--selector \"a=b\"\" cannot be combined with --filename; remove one")]
    [InlineData("job/x|-R", "--recursive works only with --filename; remove it")]
    [InlineData("-f|deploy|-A", "--all-namespaces cannot be combined with --filename; each manifest says its namespace")]
    [InlineData("rollout|restart|deploy/x", "\"rollout restart\": a gate only waits; write rollout status")]
    [InlineData("-k|overlay", "unknown option -k: write kubectl kustomize FOLDER | wait-for -f -")]
    [InlineData("deploy-we/x", "\"deploy-we\": the suffixes -we and -wr are for jobs and pods; write deployment")]
    [InlineData("shop/crd/x", "\"shop/crd/x\": objects of the kind customresourcedefinition are in no namespace; write crd/x")]
    [InlineData("deploy,|x", "unknown kind \"\" in \"deploy,\": write KIND/NAME, KIND:SELECTOR or NAMESPACE/KIND/NAME, such as job/x or "
        + "deployment/web")]
    public void What_contradicts_itself_is_refused_in_one_line(string words, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => new GateCommand(words.Split('|'), _ => null).Read()).Message);
}
