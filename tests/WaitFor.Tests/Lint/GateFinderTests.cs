using System.Text.Json;
using System.Text.RegularExpressions;
using WaitFor.Lint;

namespace WaitFor.Tests.Lint;

/// <summary>What counts as a gate, and what it waits for.</summary>
public sealed class GateFinderTests
{
    [Theory]
    // Our own image, in all forms of the command line.
    [InlineData("image: r/wait-for:1\nargs: [job/a]", "WaitFor a")]
    [InlineData("image: r/wait-for@sha256:00\nargs: [job/a, infra/service/redis]", "WaitFor a")]
    [InlineData("image: r/wait-for\nargs: [job, a, b, -n, infra]", "WaitFor a,b ns=infra")]
    [InlineData("image: r/wait-for\nargs: [infra/job/a, job/b]", "WaitFor a ns=infra|WaitFor b")]
    [InlineData("image: r/wait-for\nargs: ['job:app=shop,tier in (a,b)']", "WaitFor selector=app=shop,tier in (a,b)")]
    [InlineData("image: r/wait-for\nargs: [job, -lapp=shop, -A]", "WaitFor selector=app=shop all")]
    [InlineData("image: r/wait-for\nargs: [job, -n, infra]", "WaitFor selector= ns=infra")]
    [InlineData("image: r/wait-for\nargs: [wait, --for=condition=complete, job/a, --timeout=5m]", "WaitFor a 5m")]
    [InlineData("image: r/wait-for\nargs: [pod, -l, job-name=a]", "WaitFor a")]
    [InlineData("image: r/wait-for\nargs: [service/redis]", "WaitFor")]
    [InlineData("image: r/wait-for-shell\ncommand: [sh, -c, 'wait-for job/a && wait-for job/b -n x']", "WaitFor a|WaitFor b ns=x")]
    [InlineData("image: r/any\ncommand: [/wait-for]\nargs: [job/a]", "WaitFor a")]
    [InlineData("image: r/mirror-of-it\nargs: [job/a]", "WaitFor a")]
    [InlineData("image: r/team-wait-for\nargs: [job/a]", "WaitFor a")]
    // Options, also by variables, and variables within words.
    [InlineData("image: r/wait-for\nargs: [job/a, --timeout, 15m, --record, r, --record-write]", "WaitFor a 15m record write")]
    [InlineData("image: r/wait-for\nargs: [job/a, --expect-image, r/m:v1]", "WaitFor a image=r/m:v1")]
    [InlineData("image: r/wait-for\nargs: [job/a, --expect-label, v=1]", "WaitFor a guarded")]
    [InlineData(
        "image: r/wait-for\nargs: [job/a]\nenv: [{name: WAIT_FOR_TIMEOUT, value: 20m}, {name: WAIT_FOR_RECORD, value: r}]",
        "WaitFor a 20m record"
    )]
    [InlineData("image: r/wait-for\nargs: [job/a-$(V)]\nenv: [{name: V, value: v1}]", "WaitFor a-v1")]
    [InlineData("image: r/wait-for\nargs: [job/a-$(V)]\nenv: [{name: U, value: '1'}, {name: V, value: v$(U)}]", "WaitFor a-v1")]
    [InlineData("image: r/wait-for\nargs: [job/a-$(V)]\nenv: [{name: V, valueFrom: {secretKeyRef: {name: s, key: k}}}]", "WaitFor")]
    [InlineData("image: r/wait-for\nargs: [job/a-$(V)]\nenvFrom: [{secretRef: {name: s}}]", "WaitFor")]
    // k8s-wait-for, and copies of it.
    [InlineData("image: groundnuty/k8s-wait-for:v2.0\nargs: [job, a]", "K8sWaitFor a")]
    [InlineData("image: ghcr.io/groundnuty/k8s-wait-for:no-root-v2.0\nargs: [job-wr, a]", "K8sWaitFor a")]
    [InlineData("image: r/mirror/tools:1\nargs: [job-wr, a]", "K8sWaitFor a")]
    [InlineData("image: r/mirror/tools:1\nargs: [pod, -lapp=x]", "K8sWaitFor")]
    [InlineData("image: r/k8s-wait-for\ncommand: [wait_for.sh]\nargs: [job, a]", "K8sWaitFor a")]
    [InlineData("image: r/any\ncommand: [/bin/sh, -c, \"wait_for.sh job a; wait_for.sh service b\"]", "K8sWaitFor a|K8sWaitFor")]
    [InlineData("image: r/k8s-wait-for\nargs: [job, a]\nenv: [{name: WAIT_TIME, value: '2'}]", "K8sWaitFor a")]
    // kubectl wait.
    [InlineData("image: bitnami/kubectl\nargs: [wait, --for=condition=complete, job/a, --timeout=60s]", "KubectlWait a 1m")]
    [InlineData("image: r/x\ncommand: [kubectl]\nargs: [-n, infra, wait, --for=condition=complete, job/a]", "KubectlWait a ns=infra")]
    [InlineData("image: r/x\ncommand: [kubectl, wait, --for, condition=complete, --all, job]", "KubectlWait selector=")]
    [InlineData(
        "image: r/x\ncommand: [/bin/bash, -ec]\nargs:\n- |\n  set -e\n  until kubectl wait --for=condition=complete \"job/$NAME\" "
            + "--timeout=60s 2>/dev/null; do\n    sleep 1 # again\n  done\nenv: [{name: NAME, value: a}]",
        "KubectlWait a 1m"
    )]
    [InlineData("image: r/x\ncommand: [sh, -c, 'kubectl wait job/a --for=condition=complete --no-such-flag']", "KubectlWait a")]
    [InlineData("image: r/x\ncommand: [sh, -c, 'kubectl wait pod -l job-name=a --for=condition=ready']", "KubectlWait a")]
    [InlineData("image: r/x\ncommand: [sh, -c, 'kubectl wait job/a --for=delete']", "")]
    [InlineData("image: r/x\ncommand: [sh, -c, 'kubectl wait deployment/a --for=condition=available']", "")]
    [InlineData("image: r/x\ncommand: [sh, -c, 'kubectl get job a']", "")]
    // migrate wait.
    [InlineData("image: r/migrate\nargs: [wait, --release, v42, --timeout, 1h]", "MigrateWait 1h")]
    [InlineData("image: r/shop-migrate\nargs: [wait, --version=12]", "MigrateWait")]
    [InlineData("image: r/x\ncommand: [/usr/bin/migrate, wait, --release, v42]", "MigrateWait")]
    // What is none.
    [InlineData("image: busybox\ncommand: [sh, -c, 'until nc -z db 5432; do sleep 1; done']", "")]
    [InlineData("image: r/wait-for-it\nargs: ['db:5432', -t, '60']", "")]
    [InlineData("image: r/x\ncommand: [./wait-for, 'db:5432', --, node, index.js]", "")]
    [InlineData("image: r/wait-for\nargs: [--help]", "")]
    [InlineData("image: r/wait-for\nargs: [rbac, job/a]", "")]
    [InlineData("image: r/app", "")]
    // The application's own image, with a command that is called job; another one's without a word of waiting.
    [InlineData("image: registry.example/shop:v42\nargs: [job, migrate]", "")]
    [InlineData("image: r/x\nargs: [job, Not_A_Name]", "")]
    [InlineData("image: r/vault\nargs: [secret/db]", "")]
    [InlineData("image: r/wait-for-it\nargs: ['service:8080']", "")]
    public void Gates_are_found_with_what_they_wait_for(string container, string expected) =>
        Assert.Equal(expected, string.Join('|', Manifests.Read(Manifests.Gate(container)).Gates.Select(Text)));

    /// <summary>Arguments that the program refuses are reported in its own words.</summary>
    [Theory]
    [InlineData("image: r/wait-for\nargs: [job/a, --timeot, 5m]", "unknown option --timeot: write --timeout")]
    [InlineData("image: r/wait-for\nargs: [job/A_b]", "name \"A_b\": a name consists of*")]
    [InlineData("image: r/wait-for\nargs: [job/a-$(NONE)]", "name \"a-$(NONE)\": a name consists of*")]
    [InlineData("image: r/wait-for\nargs: [job/a]\nenv: [{name: WAIT_FOR_TIMEOT, value: 1m}]", "*WAIT_FOR_TIMEOT*")]
    [InlineData("image: r/wait-for\nargs: [sh, -c, 'wait-for job/a']", "*there is no shell in this image*")]
    [InlineData("image: groundnuty/k8s-wait-for\nargs: [job]", "\"job\" needs a name or a selector*")]
    [InlineData("image: r/x\ncommand: [migrate, wait]", "wait: what for? give --version V or --release R")]
    [InlineData("image: r/wait-for\nargs: [job/a, --timeout, $(T)]\nenv: [{name: T, valueFrom: {fieldRef: {fieldPath: x}}}]", null)]
    public void Refused_arguments_are_a_problem_of_the_gate(string container, string? expected)
    {
        var problem = Assert.Single(Manifests.Read(Manifests.Gate(container)).Gates).Problem;
        if (expected is null)
            Assert.Null(problem);
        else
            Assert.Matches("^" + Regex.Escape(expected).Replace("\\*", ".*", StringComparison.Ordinal) + "$", problem);
    }

    /// <summary>The forms that are in use (k8s-wait-for-forms.jsonl): each is a gate, and the parser takes it.</summary>
    [Fact]
    public void Every_form_of_k8s_wait_for_in_use_is_found()
    {
        var count = 0;
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Lint", "k8s-wait-for-forms.jsonl")))
        {
            using var form = JsonDocument.Parse(line);
            var environment = form.RootElement.GetProperty("env").EnumerateObject()
                .Select(one => $$"""{"name": "{{one.Name}}", "value": {{one.Value.GetRawText()}}}""");
            var text = $"args: {form.RootElement.GetProperty("args").GetRawText()}\nenv: [{string.Join(", ", environment)}]";
            var help = line.Contains("\"-h\"", StringComparison.Ordinal);
            foreach (var image in new[] { "ghcr.io/groundnuty/k8s-wait-for:v2.0", "registry.example/mirror:1" })
            {
                var gates = Manifests.Read(Manifests.Gate($"image: {image}\n{text}")).Gates;
                Assert.True(help ? gates.Count == 0 : gates.Count == 1, $"{image} {line}");
                Assert.All(gates, gate => Assert.Equal((GateProgram.K8sWaitFor, null), (gate.Program, gate.Problem)));
            }

            count++;
        }

        Assert.Equal(34, count);
    }

    /// <summary>In a service's pod the init containers are gates; in a Job or Pod every container may be one.</summary>
    [Theory]
    [InlineData("Deployment", "apps/v1", "containers", 0)]
    [InlineData("Deployment", "apps/v1", "initContainers", 1)]
    [InlineData("StatefulSet", "apps/v1", "initContainers", 1)]
    [InlineData("DaemonSet", "apps/v1", "initContainers", 1)]
    [InlineData("ReplicaSet", "apps/v1", "initContainers", 1)]
    [InlineData("ReplicationController", "v1", "initContainers", 1)]
    [InlineData("Rollout", "argoproj.io/v1alpha1", "initContainers", 1)]
    [InlineData("Job", "batch/v1", "containers", 1)]
    [InlineData("Deployment", "example.com/v1", "initContainers", 0)]
    [InlineData("Database", "example.com/v1", "initContainers", 0)]
    public void The_kind_decides_where_gates_stand(string kind, string version, string list, int expected)
    {
        var spec = $"{list}: [{{name: gate, image: r/wait-for, args: [job/a]}}]";
        var text = $"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\nspec:\n  template:\n    spec:\n      {spec}\n";
        Assert.Equal(expected, Manifests.Read(text).Gates.Count);
    }

    [Theory]
    [InlineData(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers: [{name: g, image: r/wait-for, args: [job/a]}]\n",
        "pod/x"
    )]
    [InlineData(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: x}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n"
            + "          initContainers: [{name: g, image: r/wait-for, args: [job/a]}]\n",
        "cronjob/x"
    )]
    public void Pods_and_cron_jobs_have_gates(string text, string owner) =>
        Assert.Equal(owner, Assert.Single(Manifests.Read(text).Gates).Owner.Title);

    /// <summary>What a Job runs may be called job without being a gate.</summary>
    [Theory]
    [InlineData("image: r/app\nargs: [job, process-queue]", 0)]
    [InlineData("image: r/app\nargs: [job/process-queue]", 0)]
    [InlineData("image: r/wait\nargs: [job, a]", 1)]
    [InlineData("image: r/app\nargs: [pod, -lapp=x]", 1)]
    public void A_Job_of_another_image_is_no_gate_by_a_word_alone(string container, int expected) =>
        Assert.Equal(expected, Manifests.Read(Manifests.Job("b", container)).Gates.Count);

    [Fact]
    public void A_gate_says_where_its_arguments_stand()
    {
        var gate = Assert.Single(Manifests.Read(Manifests.Gate("image: r/wait-for\nargs: [job/a]")).Gates);
        Assert.Equal((12, 15), (gate.Place.Line, gate.Place.Column));
    }

    private static string Text(LintGate gate) =>
        string.Join(
            ' ',
            new[]
            {
                gate.Program.ToString(),
                gate.Targets.Count > 0 ? string.Join(',', gate.Targets) : null,
                gate.Selector is null ? null : $"selector={gate.Selector}",
                gate.Namespace is null ? null : $"ns={gate.Namespace}",
                gate.AllNamespaces ? "all" : null,
                gate.Arguments.Timeout switch
                {
                    null => null,
                    { TotalHours: >= 1 } time => $"{time.TotalHours}h",
                    var time => $"{time?.TotalMinutes}m",
                },
                gate.Arguments.Record ? "record" : null,
                gate.Arguments.RecordWrite ? "write" : null,
                gate.Arguments.ExpectedImage is { } image ? $"image={image}" : gate.Arguments.Guarded ? "guarded" : null,
                gate.Problem,
            }.Where(part => part is not null)
        );
}
