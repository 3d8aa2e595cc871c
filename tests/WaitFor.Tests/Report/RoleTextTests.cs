using WaitFor.CommandLine;
using WaitFor.Report;

namespace WaitFor.Tests.Report;

public sealed class RoleTextTests
{
    [Fact]
    public void Rights_are_merged_by_namespace_and_bound_to_the_service_account()
    {
        var targets = new GateCommand(["job/a", "job/b", "job:app=x", "infra/service/redis"], _ => null)
            .Read()
            .Targets.Select(target => target with { Namespace = target.AskedNamespace ?? "shop" })
            .ToList();

        Assert.Equal(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: wait-for-job-a-5e119e, namespace: shop}
            rules:
            - apiGroups: ["batch"]
              resources: [jobs]
              verbs: [list, watch]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: wait-for-job-a-5e119e-me, namespace: shop}
            subjects:
            - {kind: ServiceAccount, name: me, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wait-for-job-a-5e119e}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: wait-for-service-redis-b1da71, namespace: infra}
            rules:
            - apiGroups: [""]
              resources: [services]
              resourceNames: [redis]
              verbs: [list, watch]
            - apiGroups: ["discovery.k8s.io"]
              resources: [endpointslices]
              verbs: [list, watch]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: wait-for-service-redis-b1da71-shop-me, namespace: infra}
            subjects:
            - {kind: ServiceAccount, name: me, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wait-for-service-redis-b1da71}
            """,
            RoleText.Of(targets, new Subject("shop", "me"), endpoints: false)
        );
    }

    /// <summary>Rules only, one line each: <c>NAMESPACE: GROUP/RESOURCE [NAMES] verbs</c>.</summary>
    public static TheoryData<string, string, string> Rules =>
        new()
        {
            // The wait alone.
            { "rbac|job/db", "shop", "shop: batch/jobs [db] list, watch" },
            { "rbac|job|-l|app=x", "shop", "shop: batch/jobs list, watch" },
            { "rbac|pod/cache", "shop", "shop: /pods [cache] list, watch" },
            { "rbac|service/redis", "shop", "shop: /services [redis] list, watch; discovery.k8s.io/endpointslices list, watch" },
            { "rbac|job/db|--record|migrations", "shop", "shop: batch/jobs [db] list, watch; /configmaps [migrations] list, watch" },
            { "rbac|job/a|job/b|--record|migrations", "shop", "shop: batch/jobs [a, b] list, watch; /configmaps [migrations] list, watch" },
            // With the report: the neighbours may be listed, only the target is watched.
            { "rbac|job/db|--report", "shop", "shop: batch/jobs list; batch/jobs [db] watch; /pods list; pods/log get; /events list" },
            {
                "rbac|job/db|--report|--record|migrations",
                "shop",
                "shop: batch/jobs list; batch/jobs [db] watch; /configmaps [migrations] list, watch; /pods list; pods/log get; /events list"
            },
            { "rbac|pod/cache|--report", "shop", "shop: /pods list; /pods [cache] watch; pods/log get; /events list" },
            { "rbac|job|-l|app=x|--report", "shop", "shop: batch/jobs list, watch; /pods list; pods/log get; /events list" },
            {
                "rbac|service/redis|--report",
                "shop",
                "shop: /services list; /services [redis] watch; discovery.k8s.io/endpointslices list, watch; /pods list; pods/log get; "
                    + "/events list"
            },
            // The target may be in the service account's own namespace by mistake.
            {
                "rbac|infra/job/db|--report",
                "shop",
                "infra: batch/jobs list; batch/jobs [db] watch; /pods list; pods/log get; /events list | shop: batch/jobs [db] list"
            },
            { "rbac|infra/job:app=x|--report", "shop", "infra: batch/jobs list, watch; /pods list; pods/log get; /events list" },
            {
                "rbac|infra/job/db|shop/pod/x|--report",
                "shop",
                "infra: batch/jobs list; batch/jobs [db] watch; /pods list; pods/log get; /events list | shop: /pods list; /pods [x] "
                    + "watch; batch/jobs [db] list; pods/log get; /events list"
            },
            { "rbac|job|-lapp=x|-A|--report", "shop", "*: batch/jobs list, watch; /pods list; pods/log get; /events list" },
        };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Nothing_is_granted_that_is_not_needed(string words, string home, string rules)
    {
        var options = new GateCommand(words.Split('|'), _ => null).Read();
        var targets = options
            .Targets.Select(target => target with { Namespace = options.AllNamespaces ? null : target.AskedNamespace ?? home })
            .ToList();

        var yaml = RoleText.Of(targets, new Subject(home, "me"), endpoints: false, options.Report);

        Assert.Equal(
            rules,
            string.Join(" | ", yaml.Split("\n---\n").Where(document => document.Contains("rules:", StringComparison.Ordinal)).Select(Short))
        );

        static string Short(string role)
        {
            var start = role.IndexOf("namespace: ", StringComparison.Ordinal);
            var rules = role[(role.IndexOf("rules:\n", StringComparison.Ordinal) + 7)..]
                .Split("- apiGroups: ", StringSplitOptions.RemoveEmptyEntries)
                .Select(rule =>
                {
                    var fields = rule.Trim().Split('\n').Select(line => line.Trim()).ToList();
                    var names = fields.Find(field => field.StartsWith("resourceNames: ", StringComparison.Ordinal)) is { } found
                        ? $" {found[15..]}"
                        : "";
                    var shown = $"{fields[0].Trim('[', ']', '"')}/{fields[1][12..].Trim('[', ']')}{names} {fields[^1][8..].Trim('[', ']')}";
                    return shown.Replace("/pods/log", "pods/log", StringComparison.Ordinal);
                });
            return $"{(start < 0 ? "*" : role[(start + 11)..role.IndexOf('}', start)])}: {string.Join("; ", rules)}";
        }
    }

    [Fact]
    public void The_Role_for_a_whole_report_is_YAML_that_can_be_applied()
    {
        var targets = new GateCommand(["rbac", "job/db-migrate-v42", "--record", "migrations", "--report"], _ => null)
            .Read()
            .Targets.Select(target => target with { Namespace = "shop" })
            .ToList();

        Assert.Equal(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: wait-for-job-db-migrate-v42-25ce8c-report, namespace: shop}
            rules:
            - apiGroups: ["batch"]
              resources: [jobs]
              verbs: [list]
            - apiGroups: ["batch"]
              resources: [jobs]
              resourceNames: [db-migrate-v42]
              verbs: [watch]
            - apiGroups: [""]
              resources: [configmaps]
              resourceNames: [migrations]
              verbs: [list, watch]
            - apiGroups: [""]
              resources: [pods]
              verbs: [list]
            - apiGroups: [""]
              resources: [pods/log]
              verbs: [get]
            - apiGroups: [""]
              resources: [events]
              verbs: [list]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: wait-for-job-db-migrate-v42-25ce8c-report-gate, namespace: shop}
            subjects:
            - {kind: ServiceAccount, name: gate, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: wait-for-job-db-migrate-v42-25ce8c-report}
            """,
            RoleText.Of(targets, new Subject("shop", "gate"), endpoints: false, report: true)
        );
    }

    [Theory]
    [InlineData("job/db", "shop/job/db")]
    [InlineData("job-wr/db", "shop/job-wr/db")]
    [InlineData("pod:app=db", "shop/pod:app=db")]
    [InlineData("pod:app=db,tier!=cache", "'shop/pod:app=db,tier!=cache'")]
    [InlineData("pod:app in (a, b)", "'shop/pod:app in (a, b)'")]
    [InlineData("pod:!legacy", "'shop/pod:!legacy'")]
    public void A_target_can_be_pasted_into_a_shell(string words, string argument) =>
        Assert.Equal(
            argument,
            RoleText.Argument(new GateCommand([words], _ => null).Read().Targets[0] with { Namespace = "shop", ShowNamespace = true })
        );

    [Fact]
    public void All_namespaces_need_a_ClusterRole()
    {
        var targets = new GateCommand(["rbac", "job", "-lapp=x", "-A", "-n", "shop"], _ => null).Read().Targets;

        var yaml = RoleText.Of(targets, new Subject("shop", "me"), endpoints: false);

        Assert.Contains("kind: ClusterRole\nmetadata: {name: wait-for-jobs}\n", yaml, StringComparison.Ordinal);
        Assert.Contains("kind: ClusterRoleBinding\nmetadata: {name: wait-for-jobs-shop-me}\n", yaml, StringComparison.Ordinal);
    }

    /// <summary>NAME of the Roles, in their order.</summary>
    public static TheoryData<string, string> Names =>
        new()
        {
            { "job/db", "wait-for-job-db" },
            { "job-wr/db", "wait-for-job-db" },
            { "pod/db", "wait-for-pod-db" },
            { "service/db", "wait-for-service-db" },
            { "job:app=x", "wait-for-jobs" },
            { "pod:app=x", "wait-for-pods" },
            { "service:app=x", "wait-for-services" },
            { "job/db|--report", "wait-for-job-db-report" },
            { "pod:app=x|--report", "wait-for-pods-report" },
            // With more, or other, rights than the name says.
            { "job/db|--record|a", "wait-for-job-db-HEX" },
            { "job/db|job/b", "wait-for-job-db-HEX" },
            { "job/db|job/b|--report", "wait-for-job-db-HEX-report" },
            { "job/db|infra/job/b", "wait-for-job-db-HEX wait-for-job-b-HEX" },
            // The one in the own namespace is less than the report's Role of a Job of that name there.
            { "infra/job/db|--report", "wait-for-job-db-report wait-for-job-db-HEX-report" },
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_Role_is_named_by_its_rights(string words, string names) =>
        Assert.Equal(
            names,
            System.Text.RegularExpressions.Regex.Replace(string.Join(' ', RolesOf(words).Keys), "-[0-9a-f]{6}(?![a-z0-9])", "-HEX")
        );

    /// <summary>To apply one Role must not take rights away that another one has given.</summary>
    [Fact]
    public void Roles_for_other_rights_have_other_names()
    {
        var rules = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var words in Names
                .Select(row => (string)row[0])
                .Concat(["job/db|--record|b", "job/db|job/c", "job/db|pod/b", "job/db|--record|a|--report"])
        )
        {
            foreach (var (name, rule) in RolesOf(words))
                Assert.Equal(rule, rules.TryGetValue(name, out var other) ? other : rules[name] = rule);
        }

        // And the order of the targets is nothing of theirs.
        Assert.Equal(RolesOf("job/db|job/b|pod/x").Keys.Single()[^6..], RolesOf("job/b|pod/x|job/db").Keys.Single()[^6..]);
    }

    /// <summary>Name, with the namespace where it is not the own one, and rules.</summary>
    private static Dictionary<string, string> RolesOf(string words)
    {
        var options = new GateCommand(["rbac", .. words.Split('|')], _ => null).Read();
        var targets = options.Targets.Select(target => target with { Namespace = target.AskedNamespace ?? "shop" }).ToList();
        return RoleText
            .Of(targets, new Subject("shop", "me"), endpoints: false, options.Report)
            .Split("\n---\n")
            .Where(document => document.Contains("\nkind: Role\n", StringComparison.Ordinal))
            .ToDictionary(
                document => document.Split("{name: ")[1].Split(',')[0],
                document => document.Split("rules:")[1],
                StringComparer.Ordinal
            );
    }

    [Theory]
    [InlineData("job/007", "resourceNames: [\"007\"]")]
    [InlineData("job/1e5", "resourceNames: [\"1e5\"]")]
    [InlineData("job/true", "resourceNames: [\"true\"]")]
    [InlineData("job/no", "resourceNames: [\"no\"]")]
    [InlineData("job/y", "resourceNames: [\"y\"]")]
    [InlineData("job/null", "resourceNames: [\"null\"]")]
    [InlineData("job/north", "resourceNames: [north]")]
    public void A_name_that_YAML_would_take_for_something_else_is_quoted(string words, string line) =>
        Assert.Contains(
            line,
            RoleText.Of(
                [new GateCommand([words], _ => null).Read().Targets[0] with { Namespace = "shop" }],
                new Subject("shop", "me"),
                endpoints: false
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void Names_of_namespaces_and_accounts_are_quoted_too()
    {
        var yaml = RoleText.Of(
            [new GateCommand(["job/db"], _ => null).Read().Targets[0] with { Namespace = "42" }],
            new Subject("8", "off"),
            endpoints: false
        );

        Assert.Contains("metadata: {name: wait-for-job-db, namespace: \"42\"}", yaml, StringComparison.Ordinal);
        Assert.Contains("metadata: {name: wait-for-job-db-8-off, namespace: \"42\"}", yaml, StringComparison.Ordinal);
        Assert.Contains("{kind: ServiceAccount, name: \"off\", namespace: \"8\"}", yaml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gate", null, "gate")]
    [InlineData("ci/gate", "ci", "gate")]
    public void A_service_account_may_be_of_another_namespace(string words, string? @namespace, string name)
    {
        var options = new GateCommand(["rbac", "job/a", "--service-account", words], _ => null).Read();

        Assert.Equal((@namespace, name), (options.ServiceAccountNamespace, options.ServiceAccount));
    }

    [Theory]
    [InlineData("/gate")]
    [InlineData("ci/")]
    [InlineData("ci/gate/x")]
    [InlineData("c.i/gate")]
    [InlineData("Gate")]
    public void A_service_account_that_cannot_be_is_refused(string words) =>
        Assert.StartsWith(
            $"--service-account \"{words}\"",
            Assert.Throws<UsageException>(() => new GateCommand(["rbac", "job/a", "--service-account", words], _ => null).Read()).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("jobs.batch is forbidden: User \"system:serviceaccount:shop:gate\" cannot list resource \"jobs\"", "shop/gate")]
    [InlineData("jobs.batch is forbidden: User \"jane\" cannot list resource \"jobs\"", null)]
    [InlineData("User \"system:serviceaccount:shop", null)]
    [InlineData("User \"system:serviceaccount:shop:gate\\n- evil\" cannot", null)]
    public void The_service_account_is_taken_from_the_denial(string message, string? subject) =>
        Assert.Equal(subject, Subject.OfDenial(message) is { } found ? $"{found.Namespace}/{found.Name}" : null);

    [Fact]
    public void A_service_account_goes_with_rbac_only() =>
        Assert.Equal(
            "--service-account works only with wait-for rbac; a gate takes its identity from the pod or the kubeconfig",
            Assert.Throws<UsageException>(() => new GateCommand(["job/a", "--service-account", "x"], _ => null).Read()).Message
        );
}
