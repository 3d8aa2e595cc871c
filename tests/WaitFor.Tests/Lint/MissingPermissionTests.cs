using System.Globalization;
using WaitFor.Findings;
using WaitFor.Lint.Rules;

namespace WaitFor.Tests.Lint;

/// <summary>The rights of gates and Jobs, compared with the Roles and bindings of the manifests.</summary>
public sealed class MissingPermissionTests
{
    private const string Ok = "";
    private const string WaitForJob = "image: r/wait-for\nargs: [job/a]";
    private const string Jobs = "{apiGroups: [batch], resources: [jobs], verbs: [VERBS]}";

    /// <summary>The verbs of the Role, and what each program makes of them: nothing to say, a notice or an error.</summary>
    [Theory]
    [InlineData(WaitForJob, "list, watch", Ok)]
    [InlineData(WaitForJob, "'*'", Ok)]
    [InlineData(WaitForJob, "watch", "notice: cannot list jobs/a: it needs Kubernetes 1.32*")]
    [InlineData(WaitForJob, "list", "notice: cannot watch jobs/a: it polls every 5 s")]
    [InlineData(WaitForJob, "get, list", "notice: cannot watch jobs/a: it polls every 5 s")]
    [InlineData(WaitForJob, "get", "notice: cannot list or watch jobs/a: it polls every 5 s")]
    [InlineData(WaitForJob, "create", "error: cannot list or watch jobs/a")]
    [InlineData("image: r/wait-for\nargs: ['job:app=x']", "list, watch", Ok)]
    [InlineData("image: r/wait-for\nargs: ['job:app=x']", "list", "notice: cannot watch jobs: it polls every 5 s")]
    [InlineData("image: r/wait-for\nargs: ['job:app=x']", "get", "error: cannot list or watch jobs")]
    [InlineData("image: r/k8s-wait-for\nargs: [job, a]", "get", Ok)]
    [InlineData("image: r/k8s-wait-for\nargs: [job, a]", "list, watch", "error: cannot get jobs/a")]
    [InlineData("image: r/k8s-wait-for\nargs: [job, -lapp=x]", "get", "error: cannot list jobs")]
    [InlineData("image: r/k8s-wait-for\nargs: [job, -lapp=x]", "list", Ok)]
    [InlineData("image: r/kubectl\nargs: [wait, --for=condition=complete, job/a]", "get, list, watch", Ok)]
    [InlineData("image: r/kubectl\nargs: [wait, --for=condition=complete, job/a]", "get, list", "error: cannot get, list or watch jobs/a")]
    [InlineData("image: r/kubectl\nargs: [wait, --for=condition=complete, job, --all]", "list, watch", Ok)]
    [InlineData("image: r/migrate\nargs: [wait, --release, v1]", "create", Ok)]
    // Whoever acts as somebody else is judged by nobody here.
    [InlineData("image: r/wait-for\nargs: [job/a, --kubeconfig, /k]", "create", Ok)]
    [InlineData("image: r/wait-for\nargs: [job/a, --token, x]", "create", Ok)]
    [InlineData("image: r/wait-for\nargs: [job/a]\nenv: [{name: KUBECONFIG, value: /k}]", "create", Ok)]
    public void Each_program_needs_its_verbs(string container, string verbs, string expected) =>
        Same(expected, Manifests.Gate(container) + Role(Jobs.Replace("VERBS", verbs, StringComparison.Ordinal)) + Binding());

    /// <summary>The rules of a Role.</summary>
    [Theory]
    [InlineData("{apiGroups: [batch], resources: [jobs], resourceNames: [a], verbs: [list, watch]}", Ok)]
    [InlineData("{apiGroups: [batch], resources: [jobs], resourceNames: [b], verbs: [list, watch]}", "error: cannot list or watch jobs/a")]
    [InlineData("{apiGroups: ['*'], resources: ['*'], verbs: ['*']}", Ok)]
    [InlineData("{apiGroups: [''], resources: [jobs], verbs: ['*']}", "error: cannot list or watch jobs/a")]
    [InlineData("{apiGroups: [batch, extensions], resources: [cronjobs, jobs], verbs: [list, watch]}", Ok)]
    [InlineData("{apiGroups: [batch], resources: [jobs/status], verbs: [list, watch]}", "error: cannot list or watch jobs/a")]
    // Two rules add up.
    [InlineData(
        "{apiGroups: [batch], resources: [jobs], verbs: [list]}, "
            + "{apiGroups: [batch], resources: [jobs], resourceNames: [a], verbs: [watch]}",
        Ok
    )]
    public void Rules_are_read_as_the_API_server_reads_them(string rules, string expected) =>
        Same(expected, Manifests.Gate(WaitForJob) + Role(rules) + Binding());

    /// <summary>A name in a rule does not do for a selector.</summary>
    [Fact]
    public void A_selector_needs_a_rule_without_names() =>
        Same(
            "error: cannot list or watch jobs",
            Manifests.Gate("image: r/wait-for\nargs: ['job:app=x']")
                + Role("{apiGroups: [batch], resources: [jobs], resourceNames: [a], verbs: [list, watch]}")
                + Binding()
        );

    /// <summary>A service: its slices, else its endpoints, else its pods.</summary>
    [Theory]
    [InlineData("services list watch|discovery.k8s.io:endpointslices list watch", Ok)]
    [InlineData(
        "services list watch|endpoints get",
        "notice: cannot list or watch endpointslices: it reads endpoints instead of endpointslices"
    )]
    [InlineData(
        "services get list|pods get list",
        "notice: cannot watch services/db: it polls every 5 s|notice: cannot list or watch endpointslices: it reads pods*"
    )]
    [InlineData("services list watch", "error: cannot list or watch endpointslices")]
    [InlineData("pods list watch", "error: cannot list or watch services/db|notice: cannot list or watch endpointslices: it reads pods*")]
    public void A_service_has_rungs_of_its_own(string rules, string expected) =>
        Same(expected, Manifests.Gate("image: r/wait-for\nargs: [service/db]") + Role(Rules(rules)) + Binding());

    [Theory]
    [InlineData("services get|pods list", Ok)]
    [InlineData("services get", "error: cannot list pods")]
    public void K8s_wait_for_reads_the_pods_of_a_service(string rules, string expected) =>
        Same(expected, Manifests.Gate("image: r/k8s-wait-for\nargs: [service, db]") + Role(Rules(rules)) + Binding());

    /// <summary>Records: the gate reads them, and whoever writes them creates one that nobody has made.</summary>
    [Theory]
    [InlineData("--record, r", "batch:jobs list watch|configmaps list watch", Ok)]
    [InlineData("--record, r", "batch:jobs list watch", "error: cannot list or watch configmaps/r")]
    [InlineData("--record, r", "batch:jobs list watch|configmaps get", "notice: cannot list or watch configmaps/r: it polls every 5 s")]
    [InlineData(
        "--record, r, --record-write",
        "batch:jobs list watch|configmaps list watch",
        "error: cannot get, patch or create configmaps/r"
    )]
    [InlineData("--record, r, --record-write", "batch:jobs list watch|configmaps list watch get patch create", Ok)]
    [InlineData(
        "--record, r, --record-write",
        "batch:jobs list watch|configmaps list watch get patch",
        "error: cannot get, patch or create configmaps/r"
    )]
    [InlineData("--fail-fast", "batch:jobs list watch", "error: cannot list or watch pods")]
    [InlineData("--fail-fast", "batch:jobs list watch|pods list watch", Ok)]
    public void Options_have_needs_of_their_own(string options, string rules, string expected) =>
        Same(expected, Manifests.Gate($"image: r/wait-for\nargs: [job/a, {options}]") + Role(Rules(rules)) + Binding());

    [Fact]
    public void A_record_of_the_manifests_need_not_be_created() =>
        Same(
            Ok,
            Manifests.Gate("image: r/wait-for\nargs: [job/a, --record, r, --record-write]")
                + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: r, namespace: shop}\n"
                + Role(Rules("batch:jobs list watch|configmaps list watch get patch"))
                + Binding()
        );

    /// <summary>The Job's own account, and the key of its record.</summary>
    [Theory]
    [InlineData("env: [{name: JOB_NAME, valueFrom: {fieldRef: {fieldPath: x}}}]", "configmaps get patch create", Ok)]
    [InlineData("env: [{name: JOB_NAME, value: a}]", "configmaps get patch create", Ok)]
    [InlineData("envFrom: [{secretRef: {name: s}}]", "configmaps get patch create", Ok)]
    [InlineData(
        "env: [{name: JOB_NAME, valueFrom: {fieldRef: {fieldPath: x}}}]",
        "configmaps get",
        "error: cannot get, patch or create configmaps/r"
    )]
    [InlineData("env: []", "configmaps get patch create", "error: --record has no key, as JOB_NAME is not set: migrate ends with 2")]
    [InlineData(
        "env: [{name: JOB_NAME, value: b}]",
        "configmaps get patch create",
        "error: the record's key is b, and a gate looks for the Job's name, a"
    )]
    public void A_Job_that_writes_a_record_needs_rights_and_a_key(string env, string rules, string expected) =>
        Same(
            expected,
            Manifests.Job("a", $"image: r/migrate\nargs: [up, --record, r]\n{env}") + Role(Rules(rules)) + Binding("default")
        );

    /// <summary>Whom a binding names.</summary>
    [Theory]
    [InlineData("{kind: ServiceAccount, name: default, namespace: shop}", Ok)]
    [InlineData("{kind: User, name: 'system:serviceaccount:shop:default'}", Ok)]
    [InlineData("{kind: Group, name: 'system:serviceaccounts'}", Ok)]
    [InlineData("{kind: Group, name: 'system:serviceaccounts:shop'}", Ok)]
    [InlineData("{kind: Group, name: 'system:authenticated'}", Ok)]
    [InlineData("{kind: Group, name: 'system:serviceaccounts:infra'}", "error: cannot list or watch jobs/a")]
    [InlineData("{kind: User, name: default}", "error: cannot list or watch jobs/a")]
    [InlineData("{kind: ServiceAccount, name: other, namespace: shop}", "error: cannot list or watch jobs/a")]
    [InlineData("{kind: ServiceAccount, name: default, namespace: infra}", "error: cannot list or watch jobs/a")]
    [InlineData("{kind: ServiceAccount, name: default}", Ok)]
    public void Subjects_are_compared(string subject, string expected) =>
        Same(expected, Manifests.Gate(WaitForJob) + Role(Rules("batch:jobs list watch")) + Binding(subject: subject));

    /// <summary>Where roles and bindings count.</summary>
    [Theory]
    [InlineData("RoleBinding", "infra", "Role", "shop", "error: cannot list or watch jobs/a")]
    [InlineData("RoleBinding", "shop", "Role", "infra", "error: cannot list or watch jobs/a")]
    [InlineData("RoleBinding", "shop", "ClusterRole", null, Ok)]
    [InlineData("RoleBinding", "infra", "ClusterRole", null, "error: cannot list or watch jobs/a")]
    [InlineData("ClusterRoleBinding", null, "ClusterRole", null, Ok)]
    [InlineData("RoleBinding", null, "Role", null, Ok)]
    public void A_binding_counts_in_its_own_namespace(string kind, string? binding, string role, string? home, string expected) =>
        Same(
            expected,
            Manifests.Gate(WaitForJob) + Role(Rules("batch:jobs list watch"), role, home) + Binding(kind: kind, place: binding, role: role)
        );

    [Theory]
    [InlineData("args: [job, -lapp=x, -A]", "RoleBinding", "error: cannot list or watch jobs")]
    [InlineData("args: [job, -lapp=x, -A]", "ClusterRoleBinding", Ok)]
    [InlineData("args: [job/a, -n, infra]", "RoleBinding", "error: cannot list or watch jobs/a")]
    [InlineData("args: [infra/job/a]", "ClusterRoleBinding", Ok)]
    public void Other_namespaces_need_a_ClusterRoleBinding(string arguments, string kind, string expected) =>
        Same(
            expected,
            Manifests.Gate("image: r/wait-for\n" + arguments)
                + Role(Rules("batch:jobs list watch"), "ClusterRole", null)
                + Binding(kind: kind, place: kind == "RoleBinding" ? "shop" : null, role: "ClusterRole")
        );

    /// <summary>ClusterRoles that every cluster has are known; what another one allows is not.</summary>
    [Theory]
    [InlineData("view", WaitForJob, Ok)]
    [InlineData("cluster-admin", "image: r/wait-for\nargs: [job/a, --record, r, --record-write]", Ok)]
    [InlineData("edit", "image: r/wait-for\nargs: [job/a, --record, r, --record-write]", Ok)]
    [InlineData(
        "view",
        "image: r/wait-for\nargs: [job/a, --record, r, --record-write]",
        "error: cannot get, patch or create configmaps/r"
    )]
    [InlineData(
        "company-reader",
        WaitForJob,
        "notice: has to list and watch jobs/a, and ClusterRole company-reader of its binding is not in these manifests"
    )]
    public void ClusterRoles_outside_the_manifests(string role, string container, string expected) =>
        Same(
            expected,
            Manifests.Gate(container) + Binding(role: "ClusterRole").Replace("name: reader}", $"name: {role}}}", StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("matchLabels: {agg: 'yes'}", Ok)]
    [InlineData("matchExpressions: [{key: agg, operator: In, values: ['yes', maybe]}]", Ok)]
    [InlineData("matchExpressions: [{key: agg, operator: Exists}]", Ok)]
    [InlineData("matchLabels: {agg: 'no'}", "error: cannot list or watch jobs/a")]
    public void An_aggregated_ClusterRole_has_the_rules_of_others(string selector, string expected) =>
        Same(
            expected,
            Manifests.Gate(WaitForJob)
                + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: part, labels: {agg: 'yes'}}\n"
                + $"rules: [{Rules("batch:jobs list watch")}]\n"
                + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader}\n"
                + $"aggregationRule:\n  clusterRoleSelectors:\n  - {{{selector}}}\nrules: []\n"
                + Binding(role: "ClusterRole")
        );

    [Fact]
    public void A_ClusterRole_may_add_to_a_known_one() =>
        Same(
            Ok,
            Manifests.Gate("image: r/wait-for\nargs: [configmap/x, role/y]")
                + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
                + "metadata: {name: more, labels: {rbac.authorization.k8s.io/aggregate-to-view: 'true'}}\n"
                + $"rules: [{Rules("rbac.authorization.k8s.io:roles list watch")}]\n"
                + Binding(role: "ClusterRole").Replace("name: reader}", "name: view}", StringComparison.Ordinal)
        );

    /// <summary>The pod's spec counts before the ServiceAccount's.</summary>
    [Theory]
    [InlineData("false", null, "error: the pod's spec says automountServiceAccountToken: false*")]
    [InlineData(null, "false", "error: ServiceAccount default says automountServiceAccountToken: false*")]
    [InlineData("true", "false", Ok)]
    [InlineData("false", "true", "error: the pod's spec says*")]
    [InlineData(null, null, Ok)]
    public void Without_a_token_nothing_is_allowed(string? pod, string? account, string expected)
    {
        var gate = Manifests.Gate(WaitForJob);
        if (pod is not null)
            gate = gate.Replace(
                "      initContainers:",
                $"      automountServiceAccountToken: {pod}\n      initContainers:",
                StringComparison.Ordinal
            );
        var serviceAccount = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: shop}\n"
            + (account is null ? "" : $"automountServiceAccountToken: {account}\n");
        Same(expected, gate + serviceAccount + Role(Rules("batch:jobs list watch")) + Binding());
    }

    /// <summary>What is to be done is the nearest cause; only else a Role.</summary>
    [Theory]
    [InlineData(
        "{kind: ServiceAccount, name: default, namespace: infra}",
        "names the account default of namespace infra; write namespace: shop"
    )]
    [InlineData("{kind: ServiceAccount, name: gate, namespace: shop}", "write serviceAccountName: gate into the pod's spec")]
    [InlineData(
        "{kind: ServiceAccount, name: nobody, namespace: shop}",
        "kind: Role\nmetadata: {name: shop-gate, namespace: shop}\nrules:"
    )]
    public void The_fix_names_the_nearest_cause(string subject, string expected)
    {
        var text = Manifests.Gate(WaitForJob)
            + "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: gate, namespace: shop}\n"
            + Role(Rules("batch:jobs list watch"))
            + Binding(subject: subject);
        Assert.Contains(expected, Assert.Single(Judge(text)).Fix!, StringComparison.Ordinal);
    }

    /// <summary>A RoleBinding means its own namespace, a ClusterRoleBinding has none.</summary>
    [Theory]
    [InlineData("shop", "shop")]
    [InlineData("", "NAMESPACE")]
    public void A_ClusterRoleBinding_has_to_name_the_namespace(string @namespace, string expected)
    {
        var text = Manifests.Gate(WaitForJob, @namespace)
            + Role(Rules("batch:jobs list watch"), "ClusterRole", null)
            + Binding(kind: "ClusterRoleBinding", place: null, role: "ClusterRole", subject: "{kind: ServiceAccount, name: default}");
        var fix = Assert.Single(Judge(text)).Fix!;
        Assert.StartsWith("ClusterRoleBinding bound (-:", fix, StringComparison.Ordinal);
        Assert.EndsWith(
            $" names the account default without a namespace, which the API server refuses; write namespace: {expected}",
            fix,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_misspelt_Role_is_named()
    {
        var text = Manifests.Gate(WaitForJob)
            + Role(Rules("batch:jobs list watch"))
            + Binding().Replace("name: reader}", "name: readers}", StringComparison.Ordinal);
        var finding = Assert.Single(Judge(text));
        Assert.Equal(Level.Error, finding.Level);
        Assert.Equal("RoleBinding bound names Role readers, which is not in these manifests; write reader if that is meant", finding.Fix);
    }

    /// <summary>The Role in the fix is the one that is missing: with it there is nothing left to say.</summary>
    [Theory]
    [InlineData("image: r/wait-for\nargs: [job/a, service/b, --record, r, --record-write]")]
    [InlineData("image: r/k8s-wait-for\nargs: [service, a]")]
    [InlineData("image: r/kubectl\nargs: [wait, job/a, --for=condition=complete]")]
    public void With_the_Role_of_the_fix_nothing_is_missing(string container)
    {
        var text = Manifests.Gate(container) + Role(Rules("batch:cronjobs list")) + Binding();
        var fix = Assert.Single(Judge(text)).Fix!;
        Assert.StartsWith("add this:\n", fix, StringComparison.Ordinal);
        Assert.Empty(Judge($"{text}---\n{fix[10..]}\n"));
    }

    /// <summary>Nobody knows whether the Roles are elsewhere: no error, and the Role is shown.</summary>
    [Fact]
    public void Without_any_Role_in_the_manifests_it_is_a_notice()
    {
        var finding = Assert.Single(Judge(Manifests.Gate(WaitForJob)));
        Assert.Equal(Level.Notice, finding.Level);
        Assert.Equal(
            "container gate: service account shop/default has to list and watch jobs/a, and there is no Role and no binding in these "
                + "manifests",
            finding.Message
        );
        Assert.Contains("kind: RoleBinding", finding.Fix!, StringComparison.Ordinal);
        Assert.Equal(("-", 12, "deployment/shop"), (finding.File, finding.Line, finding.Subject));
    }

    /// <summary>Manifests that make the account, and give it nothing.</summary>
    [Fact]
    public void Without_any_Role_for_an_account_of_the_manifests_it_is_an_error() =>
        Same(
            "error: cannot list or watch jobs/a",
            Manifests.Gate(WaitForJob) + "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: shop}\n"
        );

    /// <summary>Where the manifests leave the namespace to whoever applies them, the Role does so too.</summary>
    [Fact]
    public void Manifests_without_namespaces_are_compared_all_the_same()
    {
        var gate = Manifests.Gate(WaitForJob, @namespace: "");
        Same(Ok, gate + Role(Rules("batch:jobs list watch"), home: null) + Binding(place: null));
        Same("error: cannot list or watch jobs/a", gate + Role(Rules("batch:jobs create"), home: null) + Binding(place: null));
        var fix = Judge(gate + Role(Rules("batch:jobs create"), home: null) + Binding(place: null))[0].Fix!;
        Assert.Contains("metadata: {name: shop-gate}\nrules", fix, StringComparison.Ordinal);
        Assert.Contains("{kind: ServiceAccount, name: default, namespace: NAMESPACE}", fix, StringComparison.Ordinal);
    }

    private static void Same(string expected, string text)
    {
        var said = Judge(text)
            .Select(finding =>
                $"{finding.Level.ToString().ToLower(CultureInfo.InvariantCulture)}: "
                + finding.Message[(finding.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..]
                    .Replace("service account shop/default ", "", StringComparison.Ordinal)
                    .Replace("service account default ", "", StringComparison.Ordinal)
            )
            .Order(StringComparer.Ordinal)
            .ToList();
        var wanted = expected.Length == 0 ? [] : expected.Split('|').Order(StringComparer.Ordinal).ToArray();
        Assert.True(
            said.Count == wanted.Length
                && said.Zip(wanted).All(pair =>
                    pair.Second.EndsWith('*')
                        ? pair.First.StartsWith(pair.Second[..^1], StringComparison.Ordinal)
                        : pair.First == pair.Second
                ),
            $"expected {expected}\nbut was  {string.Join('|', said)}"
        );
    }

    private static IReadOnlyList<Finding> Judge(string text) => [.. new MissingPermission().Judge(Manifests.Read(text))];

    /// <summary><c>batch:jobs list watch|pods get</c> as rules.</summary>
    private static string Rules(string text) =>
        string.Join(
            ", ",
            text.Split('|')
                .Select(rule =>
                {
                    var words = rule.Split(' ');
                    var (group, resource) = words[0].Split(':') is [var one, var two] ? (one, two) : ("", words[0]);
                    return $"{{apiGroups: ['{group}'], resources: [{resource}], verbs: [{string.Join(", ", words[1..])}]}}";
                })
        );

    private static string Role(string rules, string kind = "Role", string? home = "shop") =>
        $"---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: reader{Place(home)}}}\nrules: [{rules}]\n";

    private static string Binding(string account = "default", string? subject = null, string kind = "RoleBinding",
        string? place = "shop", string role = "Role") =>
        $"---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: bound{Place(place)}}}\n"
        + $"subjects: [{subject ?? $"{{kind: ServiceAccount, name: {account}, namespace: shop}}"}]\n"
        + $"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {role}, name: reader}}\n";

    private static string Place(string? @namespace) => @namespace is null ? "" : $", namespace: {@namespace}";
}
