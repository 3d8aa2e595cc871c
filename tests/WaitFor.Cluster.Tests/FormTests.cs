namespace WaitFor.Cluster.Tests;

/// <summary>Every form of k8s-wait-for, as it stands in manifests.</summary>
public sealed class FormTests
{
    /// <summary>Made once: a Job that is complete, one that failed, a ready pod, a failed pod, and a service of the ready one.</summary>
    private static readonly Lazy<Task<Cluster>> Objects = new(async () =>
    {
        var cluster = await Cluster.CreateAsync();
        await cluster.CreateJobAsync("good", labels: $$"""{"kind":"good","name":"{{cluster.Namespace}}"}""");
        await cluster.CreateJobAsync("bad", labels: """{"kind":"bad"}""");
        await cluster.FinishPodAsync("good", succeeded: true);
        await cluster.FinishPodAsync("bad", succeeded: false);
        await cluster.CreatePodAsync("ready", ready: true, """{"app":"web","state":"ready"}""");
        await cluster.CreatePodAsync("failed", ready: false, """{"app":"web"}""");
        await cluster.Admin.SetPodStatusAsync(cluster.Namespace, "failed", Cluster.Parse("""{"phase":"Failed","reason":"Evicted"}"""));
        await cluster.CreateServiceAsync("web", """{"state":"ready"}""", """{"name":"web"}""");
        return cluster;
    });

    /// <summary>Words separated by |, a variable in front of #, and the exit code.</summary>
    [ClusterTheory]
    [InlineData("job|good", 0)]
    [InlineData("job|bad", 1)]
    [InlineData("job-we|bad", 0)]
    [InlineData("job-wr|good", 0)]
    [InlineData("job-wr|bad", 1)]
    [InlineData("job|good|-n|NS", 0)]
    [InlineData("job|good|--namespace=NS", 0)]
    [InlineData("job|good|--request-timeout=30s", 0)]
    [InlineData("job|-lkind=good", 0)]
    [InlineData("job|-lkind=good|-A|--timeout=60s", 0)]
    [InlineData("job|-l|kind in (good,bad)", 1)]
    [InlineData("job-we|-lkind in (good,bad), kind notin (other)", 0)]
    [InlineData("pod|-lstate=ready", 0)]
    [InlineData("pod|ready", 0)]
    [InlineData("pod|-lapp=web", 1)]
    [InlineData("pod-we|-lapp=web", 0)]
    [InlineData("pod-wr|-lapp=web", 0)]
    [InlineData("pod-wr|failed", 1)]
    [InlineData("service|web", 0)]
    [InlineData("service|-lname=web", 0)]
    [InlineData("TREAT_ERRORS_AS_READY=1#job|bad", 0)]
    [InlineData("TREAT_ERRORS_AS_READY=2#pod|-lapp=web", 0)]
    [InlineData("WAIT_TIME=5#job|good", 0)]
    [InlineData("DEBUG=2#job|good", 0)]
    [InlineData("job|good|bad", 1)]
    [InlineData("job|good|-n NS", 0)]
    [InlineData("job|good||--show-events=false", 0)]
    [InlineData("job|good|-n|default|--namespace NS\n", 0)]
    [InlineData("job|good|--namespace=", 0)]
    [InlineData("job-we|good|bad\n|-v=0", 0)]
    [InlineData("pod|-l state=ready, app in (web, other)\n|-n NS --request-timeout=30s", 0)]
    [InlineData("pod|-lstate notin (ready),app=web", 1)]
    [InlineData("pod-we|failed", 0)]
    [InlineData("pod-we|-l|app=web,!missing|-n|NS", 0)]
    [InlineData("service|-l|name in (web)|-n NS", 0)]
    [InlineData("KUBECTL_ARGS=-n other#job|good", 0)]
    [InlineData("TREAT_ERRORS_AS_READY=1#job-wr|bad", 1)]
    public async Task Every_form_of_k8s_wait_for(string form, int exitCode)
    {
        var cluster = await Objects.Value;
        var parts = form.Split('#');
        var variables = parts.Length == 2 ? parts[0].Split('=') : [];
        var words = parts[^1]
            .Replace("NS", cluster.Namespace, StringComparison.Ordinal)
            .Replace("kind=good|-A", $"name={cluster.Namespace}|-A", StringComparison.Ordinal)
            .Split('|');
        await using var gate = cluster.GateWith(cluster.AdminToken, words, variables is [var name, var value] ? [(name, value)] : []);

        Assert.True(exitCode == await gate.ExitAsync(), gate.Log);
    }
}
