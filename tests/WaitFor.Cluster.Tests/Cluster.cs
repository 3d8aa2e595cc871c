using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s.Autorest;
using WaitFor.Cluster.Tests.Examples;
using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>The control plane that all tests share, and a namespace of a test's own on it.</summary>
internal sealed partial class Cluster : IDisposable
{
    private static readonly Lazy<Task<ControlPlane>> Shared = new(StartAsync);

    /// <summary>The root of the client certificates; the API server knows no other of their authorities.</summary>
    public static readonly TestAuthority Clients = new("clients");

    private readonly ControlPlane _control;
    private readonly string _folder = Directory.CreateTempSubdirectory("wait-for-cluster-test-").FullName;
    private int _gates;

    private Cluster(ControlPlane control, string @namespace) => (_control, Namespace) = (control, @namespace);

    public static string? WhyNot =>
        Repository.WhyNoGate
        ?? (
            Repository.MustRunAll || ControlPlaneAssets.Find() is not null
                ? null
                : "there is no control plane: run tests/control-plane, or set KUBEBUILDER_ASSETS"
        );

    public string Namespace { get; }

    public Administrator Admin => _control.Admin;

    public string AdminToken => _control.AdminToken;

    public Version KubernetesVersion => _control.KubernetesVersion;

    /// <summary>True where a Job can be suspended, and EndpointSlice v1 is served (1.21 and newer).</summary>
    public bool HasSuspend => KubernetesVersion >= new Version(1, 21);

    /// <summary>True where a watch can begin with what exists (1.32 and newer, by default).</summary>
    public bool SpeaksWatchList => _control.KubernetesVersion >= new Version(1, 32);

    /// <summary>The token file of the gate that was started last.</summary>
    public string TokenFile { get; private set; } = "";

    public static async Task<Cluster> CreateAsync()
    {
        var control = await Shared.Value;
        return new Cluster(control, await control.Admin.CreateNamespaceAsync("test"));
    }

    /// <summary>The same with a namespace of just this name, which no other test has.</summary>
    public static async Task<Cluster> CreateAsync(string @namespace)
    {
        var control = await Shared.Value;
        await control.Admin.CreateNamespaceExactlyAsync(@namespace);
        return new Cluster(control, @namespace);
    }

    /// <summary>A path for a file of the test's own; the file does not exist.</summary>
    public string NewFile() => Path.Combine(_folder, $"file-{Interlocked.Increment(ref _gates)}");

    /// <summary>Another namespace beside the first.</summary>
    public Task<string> AnotherNamespaceAsync() => Admin.CreateNamespaceAsync("other");

    /// <summary>Starts the gate as the administrator; words are split at spaces.</summary>
    public NativeGate Gate(string commandLine, params (string Name, string Value)[] variables) =>
        GateWith(_control.AdminToken, commandLine.Split(' '), variables);

    /// <summary>Starts the gate with a token, in its own file.</summary>
    public NativeGate GateWith(string token, string[] arguments, params (string Name, string Value)[] variables) =>
        StartWith(Repository.Gate, token, arguments, variables);

    /// <summary>Starts the gate with these fields of the kubeconfig's user; words are split at spaces.</summary>
    public NativeGate GateAs(string user, string commandLine) => StartWith(Repository.Gate, "", commandLine.Split(' '), [], user);

    /// <summary>Starts <c>migrate</c> with a token; words are split at spaces.</summary>
    public NativeGate MigrateWith(string token, string commandLine, params (string Name, string Value)[] variables) =>
        StartWith(Repository.Migrate, token, commandLine.Split(' '), variables);

    /// <summary>Starts one of the binaries with a token, in its own file.</summary>
    public NativeGate StartWith(
        string executable,
        string token,
        string[] arguments,
        (string Name, string Value)[] variables,
        string user = "tokenFile: token"
    )
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"gate-{Interlocked.Increment(ref _gates)}")).FullName;
        var file = TokenFile = Path.Combine(folder, "token");
        File.WriteAllText(file, token);
        var kubeconfig = Path.Combine(folder, "config");
        File.WriteAllText(
            kubeconfig,
            $$"""
            current-context: test
            clusters: [{name: test, cluster: {server: "{{_control.Server}}", certificate-authority: "{{_control.CaFile}}"} }]
            users: [{name: test, user: { {{user}} } }]
            contexts: [{name: test, context: {cluster: test, user: test, namespace: {{Namespace}} } }]
            """
        );
        return NativeGate.Start(
            arguments,
            new Dictionary<string, string>(variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value)))
            {
                ["KUBECONFIG"] = kubeconfig,
            },
            executable
        );
    }

    /// <summary>Runs kubectl as the administrator. The cache is of its own: what kubectl remembers is of another server that had this
    /// port.</summary>
    /// <param name="input">What it reads from the standard input.</param>
    /// <param name="arguments">Its arguments.</param>
    public void Kubectl(string input, params string[] arguments) => Tool.RunKubectl(ForKubectl(arguments), input);

    /// <summary>As <see cref="Kubectl"/>, and lets it end as it does.</summary>
    /// <param name="arguments">Its arguments.</param>
    public Task<Ended> KubectlAsync(params string[] arguments) => Tool.RunAsync(Tool.Kubectl, ForKubectl(arguments));

    /// <summary>Runs Helm as the administrator, and lets it end as it does. Its caches are of the test's own, as kubectl's are.</summary>
    /// <param name="arguments">Its arguments.</param>
    public Task<Ended> HelmAsync(params string[] arguments) =>
        Tool.RunAsync(
            Tool.Helm,
            ["--kubeconfig", _control.KubeConfigFile, "--namespace", Namespace, .. arguments],
            "",
            ("HOME", Directory.CreateDirectory(Path.Combine(_folder, "helm")).FullName)
        );

    /// <summary>Creates a Job; the real controller makes its pods.</summary>
    public Task CreateJobAsync(
        string name,
        string? @namespace = null,
        int backoffLimit = 0,
        int parallelism = 1,
        string labels = "{}",
        string image = "shop-migrate:v42",
        bool suspend = false,
        string? nodeName = null,
        int? ttl = null
    ) =>
        Admin.PostAsync(
            $"/apis/batch/v1/namespaces/{@namespace ?? Namespace}/jobs",
            Parse(
                $$$"""
                {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},
                 "spec":{"backoffLimit":{{{backoffLimit}}},"parallelism":{{{parallelism}}},"suspend":{{{(
                    suspend ? "true" : "false"
                )}}},"ttlSecondsAfterFinished":{{{ttl?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}}},
                         "template":{"spec":{"nodeName":{{{(
                    nodeName is null ? "null" : $"\"{nodeName}\""
                )}}},"restartPolicy":"Never","containers":[{"name":"migrate","image":"{{{image}}}"}]} } } }
                """
            )
        );

    /// <summary>Deletes a Job with its pods.</summary>
    public Task DeleteJobAsync(string name) =>
        Admin.DeleteAsync(
            $"/apis/batch/v1/namespaces/{Namespace}/jobs/{name}",
            Parse("""{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}""")
        );

    /// <summary>Before 1.21 a Job has no field to suspend it: there the condition is set by hand.</summary>
    public Task SetSuspendedByHandAsync(string job, bool suspended) =>
        Admin.SetJobStatusAsync(Namespace, job, Parse($$$"""{"conditions":[{"type":"Suspended","status":"{{{suspended}}}"}]}"""));

    /// <summary>Plays the kubelet: the Job's one unfinished pod ends. Pods of an earlier Job of the same name may still be there.</summary>
    public async Task FinishPodAsync(string job, bool succeeded, string? @namespace = null)
    {
        @namespace ??= Namespace;
        var name = await UnfinishedPodAsync(job, @namespace);
        var exitCode = succeeded ? 0 : 1;
        await Admin.SetPodStatusAsync(
            @namespace,
            name,
            Parse(
                $$$"""
                {"phase":"{{{(
                    succeeded ? "Succeeded" : "Failed"
                )}}}","containerStatuses":[{"name":"migrate","image":"x","imageID":"x","ready":false,"restartCount":0,
                  "state":{"terminated":{"exitCode":{{{exitCode}}},
                   "startedAt":"2026-11-20T10:00:00Z","finishedAt":"2026-11-20T10:00:01Z"} } }]}
                """
            )
        );
    }

    /// <summary>The name of the Job's one unfinished pod, as soon as it exists.</summary>
    public async Task<string> UnfinishedPodAsync(string job, string? @namespace = null)
    {
        @namespace ??= Namespace;
        var uid = (string)(await Admin.GetAsync($"/apis/batch/v1/namespaces/{@namespace}/jobs/{job}"))!["metadata"]!["uid"]!;
        var pod = await UntilAsync($"an unfinished pod of the Job {job}", async () =>
            (await Admin.GetAsync($"/api/v1/namespaces/{@namespace}/pods?labelSelector=controller-uid%3D{uid}"))!["items"]!
                .AsArray()
                .FirstOrDefault(pod =>
                    (string?)pod!["status"]!["phase"] is "Pending" or "Running" && pod["metadata"]!["deletionTimestamp"] is null
                )
        );
        return (string)pod["metadata"]!["name"]!;
    }

    /// <summary>Creates a pod that a kubelet runs, ready or not.</summary>
    public async Task CreatePodAsync(string name, bool ready, string labels = "{}", string address = "10.9.0.1")
    {
        await Kubelet.OfAsync(Admin);
        await Admin.PostAsync(
            $"/api/v1/namespaces/{Namespace}/pods",
            Parse(
                $$$"""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},
                 "spec":{"nodeName":"node-1","containers":[{"name":"app","image":"app:v1"}]}}
                """
            )
        );
        await SetReadyAsync(name, ready, address);
    }

    public Task SetReadyAsync(string pod, bool ready, string address = "10.9.0.1") =>
        Admin.SetPodStatusAsync(
            Namespace,
            pod,
            Parse(
                $$$"""
                {"phase":"Running","podIP":"{{{address}}}","podIPs":[{"ip":"{{{address}}}"}],"conditions":[{"type":"Ready","status":"{{{(
                    ready ? "True" : "False"
                )}}}"}],
                 "containerStatuses":[{"name":"app","image":"app:v1","imageID":"x","ready":{{{(
                    ready ? "true" : "false"
                )}}},"restartCount":0,"state":{"running":{} } }]}
                """
            )
        );

    public Task CreateServiceAsync(string name, string selector, string labels = "{}") =>
        Admin.PostAsync(
            $"/api/v1/namespaces/{Namespace}/services",
            Parse(
                $$$"""
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},
                 "spec":{"selector":{{{selector}}},"ports":[{"port":80}]}}
                """
            )
        );

    /// <summary>Applies Roles and bindings as they were printed, and waits until they hold.</summary>
    public async Task ApplyAsync(string manifests)
    {
        var printed = manifests.Split("\n---\n");
        foreach (var manifest in printed)
            await Admin.ApplyYamlAsync(
                PathOf(manifest, manifest.Contains("kind: RoleBinding", StringComparison.Ordinal) ? "rolebindings" : "roles"),
                manifest
            );
        foreach (var binding in printed.Where(manifest => manifest.Contains("kind: RoleBinding", StringComparison.Ordinal)))
        {
            var subject = SubjectPattern().Match(binding);
            foreach (
                var rule in await RulesAsync(
                    $"/apis/rbac.authorization.k8s.io/v1/namespaces/{NamespaceOf(binding)}/roles/"
                        + RolePattern().Match(binding).Groups["name"].Value
                )
            )
                await Admin.UntilAllowedAsync(NamespaceOf(binding), subject.Groups["namespace"].Value, subject.Groups["name"].Value, rule);
        }
    }

    /// <summary>The rules of a Role.</summary>
    /// <param name="path">The Role's path.</param>
    public async Task<IReadOnlyList<AccessRule>> RulesAsync(string path) =>
        [
            .. (await Admin.GetAsync(path))!["rules"]!
                .AsArray()
                .Select(rule => new AccessRule(
                    (string)rule!["apiGroups"]![0]!,
                    Words(rule["resources"])!,
                    Words(rule["verbs"])!,
                    Words(rule["resourceNames"])
                )),
        ];

    /// <summary>The path of a Role or of a binding that a manifest names.</summary>
    public static string PathOf(string manifest, string resource) =>
        $"/apis/rbac.authorization.k8s.io/v1/namespaces/{NamespaceOf(manifest)}/{resource}/"
        + MetadataPattern().Match(manifest).Groups["name"].Value;

    public static string NamespaceOf(string manifest) => MetadataPattern().Match(manifest).Groups["namespace"].Value;

    /// <summary>What <c>wait-for rbac</c> prints for a service account of the test's namespace.</summary>
    public async Task<string> PrintedAsync(string serviceAccount, params string[] arguments)
    {
        await using var gate = GateWith(AdminToken, ["rbac", .. arguments, "--service-account", serviceAccount]);
        Assert.True(await gate.ExitAsync() == 0, gate.Log);
        return gate.Output.TrimEnd('\n');
    }

    /// <summary>A service account's token with these rights in the test's namespace.</summary>
    public async Task<string> TokenAsync(string serviceAccount, params AccessRule[] rules)
    {
        await Admin.CreateServiceAccountAsync(Namespace, serviceAccount);
        if (rules.Length > 0)
            await Admin.AllowAsync(Namespace, serviceAccount, rules);
        return await Admin.CreateServiceAccountTokenAsync(Namespace, serviceAccount);
    }

    /// <summary>Gives a service account of the test's namespace rights in all namespaces.</summary>
    public async Task AllowEverywhereAsync(string serviceAccount, params AccessRule[] rules)
    {
        var name = $"{Namespace}-{serviceAccount}";
        var group = "rbac.authorization.k8s.io";
        var each = string.Join(
            ',',
            rules.Select(rule =>
                $$"""{"apiGroups":["{{rule.ApiGroup}}"],"resources":["{{rule.Resources[0]}}"],"verbs":["{{rule.Verbs[0]}}"]}"""
            )
        );
        await Admin.PostAsync(
            $"/apis/{group}/v1/clusterroles",
            Parse($$$"""{"apiVersion":"{{{group}}}/v1","kind":"ClusterRole","metadata":{"name":"{{{name}}}"},"rules":[{{{each}}}]}""")
        );
        await Admin.PostAsync(
            $"/apis/{group}/v1/clusterrolebindings",
            Parse(
                $$$"""
                {"apiVersion":"{{{group}}}/v1","kind":"ClusterRoleBinding","metadata":{"name":"{{{name}}}"},
                 "roleRef":{"apiGroup":"{{{group}}}","kind":"ClusterRole","name":"{{{name}}}"},
                 "subjects":[{"kind":"ServiceAccount","namespace":"{{{Namespace}}}","name":"{{{serviceAccount}}}"}]}
                """
            )
        );
        foreach (var rule in rules)
            await Admin.UntilAllowedAsync("kube-public", Namespace, serviceAccount, rule);
    }

    public static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<ControlPlane> StartAsync()
    {
        var assets = ControlPlaneAssets.Find() ?? throw new InvalidOperationException("there is no control plane: run tests/control-plane");
        var control = await ControlPlane.StartAsync(assets, Clients.Pem);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => control.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        return control;
    }

    /// <summary>Looks until there is something, for 90s; an object that does not exist yet is nothing.</summary>
    public static async Task<JsonNode> UntilAsync(string what, Func<Task<JsonNode?>> look)
    {
        for (var i = 0; i < 1800; i++)
        {
            try
            {
                if (await look() is { } found)
                    return found;
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound) { }

            await Task.Delay(50);
        }

        throw new InvalidOperationException($"there is no {what} after 90s");
    }

    private string[] ForKubectl(string[] arguments)
    {
        var cache = Path.Combine(_folder, "kubectl");
        return ["--kubeconfig", _control.KubeConfigFile, "--cache-dir", cache, "--namespace", Namespace, .. arguments];
    }

    private static List<string>? Words(JsonNode? list) => list?.AsArray().Select(word => (string)word!).ToList();

    [GeneratedRegex(@"^metadata: \{name: (?<name>[^,]+), namespace: (?<namespace>[^}]+)\}$", RegexOptions.Multiline)]
    private static partial Regex MetadataPattern();

    [GeneratedRegex(@"^roleRef: \{.*, kind: Role, name: (?<name>[^}]+)\}$", RegexOptions.Multiline)]
    private static partial Regex RolePattern();

    [GeneratedRegex(@"^- \{kind: ServiceAccount, name: (?<name>[^,]+), namespace: (?<namespace>[^}]+)\}$", RegexOptions.Multiline)]
    private static partial Regex SubjectPattern();
}
