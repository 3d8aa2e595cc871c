using System.Text;
using k8s;
using k8s.Models;
using WaitFor.Lint;
using WaitFor.Lint.Permissions;
using WaitFor.Report;

namespace WaitFor.Cluster.Tests.Lint;

/// <summary>What <c>wait-for lint</c> reads from Roles and bindings is what a real API server allows: the same manifests, applied, and
/// each right asked of both.</summary>
public sealed class GrantsTests
{
    private const string Group = "rbac.authorization.k8s.io";

    /// <summary>Accounts, each with a subject of its own in a binding; NS and OTHER are the namespaces, ID is the test's.</summary>
    private static readonly (string Account, string Bindings)[] Accounts =
    [
        ("plain", "RoleBinding NS Role/reader {kind: ServiceAccount, name: plain, namespace: NS}"),
        ("local", "RoleBinding NS Role/reader {kind: ServiceAccount, name: local}"),
        ("elsewhere", "RoleBinding NS Role/reader {kind: ServiceAccount, name: elsewhere, namespace: OTHER}"),
        ("user", "RoleBinding NS Role/reader {kind: User, apiGroup: GROUP, name: 'system:serviceaccount:NS:user'}"),
        ("bare", "RoleBinding NS Role/reader {kind: User, apiGroup: GROUP, name: bare}"),
        ("named", "RoleBinding NS Role/named {kind: ServiceAccount, name: named, namespace: NS}"),
        ("logs", "RoleBinding NS Role/logs {kind: ServiceAccount, name: logs, namespace: NS}"),
        ("all", "RoleBinding NS Role/all {kind: ServiceAccount, name: all, namespace: NS}"),
        ("two", "RoleBinding NS Role/named {kind: ServiceAccount, name: two}|RoleBinding NS Role/logs {kind: ServiceAccount, name: two}"),
        ("missing", "RoleBinding NS Role/not-there {kind: ServiceAccount, name: missing}"),
        ("away", "RoleBinding OTHER ClusterRole/writer-ID {kind: ServiceAccount, name: away, namespace: NS}"),
        ("wide", "ClusterRoleBinding - ClusterRole/writer-ID {kind: ServiceAccount, name: wide, namespace: NS}"),
        ("sum", "RoleBinding NS ClusterRole/sum-ID {kind: ServiceAccount, name: sum}"),
        ("view", "RoleBinding NS ClusterRole/view {kind: ServiceAccount, name: view}"),
        ("edit", "RoleBinding NS ClusterRole/edit {kind: ServiceAccount, name: edit}"),
        ("admin", "RoleBinding NS ClusterRole/admin {kind: ServiceAccount, name: admin}"),
        ("root", "RoleBinding NS ClusterRole/cluster-admin {kind: ServiceAccount, name: root}"),
        ("nobody", "RoleBinding OTHER Role/group {kind: Group, apiGroup: GROUP, name: 'system:serviceaccounts:NS'}"),
    ];

    private static readonly string[] Roles =
    [
        "kind: Role, metadata: {name: reader, namespace: NS}, rules: [{apiGroups: [batch], resources: [jobs], verbs: [list, watch]}]",
        "kind: Role, metadata: {name: named, namespace: NS}, "
            + "rules: [{apiGroups: [batch], resources: [jobs], resourceNames: [a], verbs: [get, list, watch, create]}]",
        "kind: Role, metadata: {name: logs, namespace: NS}, rules: [{apiGroups: [''], resources: ['*/log', pods], verbs: [get]}]",
        "kind: Role, metadata: {name: all, namespace: NS}, rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]",
        "kind: Role, metadata: {name: group, namespace: OTHER}, rules: [{apiGroups: [''], resources: [services], verbs: [get]}]",
        "kind: ClusterRole, metadata: {name: writer-ID}, rules: [{apiGroups: [''], resources: [configmaps], verbs: [get, patch, create]}]",
        "kind: ClusterRole, metadata: {name: part-ID, labels: {sum-ID: 'yes'}}, "
            + "rules: [{apiGroups: [''], resources: [pods], verbs: [list]}]",
        "kind: ClusterRole, metadata: {name: sum-ID}, "
            + "aggregationRule: {clusterRoleSelectors: [{matchExpressions: [{key: sum-ID, operator: In, values: ['yes']}]}]}",
    ];

    private static readonly (string Group, string Resource, string Verb, string? Name)[] Asked =
    [
        ("batch", "jobs", "get", "a"),
        ("batch", "jobs", "list", "a"),
        ("batch", "jobs", "watch", "a"),
        ("batch", "jobs", "list", "b"),
        ("batch", "jobs", "list", null),
        ("batch", "jobs", "watch", null),
        ("batch", "jobs", "create", null),
        ("", "pods", "get", "a"),
        ("", "pods", "list", null),
        ("", "pods/log", "get", null),
        ("", "services", "get", "a"),
        ("", "events", "list", null),
        ("", "configmaps", "get", "r"),
        ("", "configmaps", "watch", "r"),
        ("", "configmaps", "patch", "r"),
        ("", "configmaps", "create", null),
        ("", "secrets", "get", "s"),
        ("apps", "deployments", "watch", "d"),
    ];

    [ClusterFact]
    public async Task Each_right_is_what_the_API_server_says()
    {
        using var cluster = await Cluster.CreateAsync();
        var (here, other) = (cluster.Namespace, await cluster.AnotherNamespaceAsync());
        List<string> manifests =
        [
            .. Roles.Select(role => $"{{apiVersion: {Group}/v1, {role}}}"),
            .. Accounts.SelectMany(Bindings),
        ];
        manifests = [.. manifests.Select(Filled)];
        var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Join("\n---\n", manifests)));
        var pattern = PatternReader.Read(["-"], recursive: false, () => input);
        foreach (var (entry, manifest) in pattern.Objects.Zip(manifests))
            await cluster.Admin.PostYamlAsync(
                $"/apis/{Group}/v1/{(entry.Namespace is { } place ? $"namespaces/{place}/" : "")}{entry.Kind.ToLowerInvariant()}s",
                manifest
            );

        var grants = new Grants(pattern);
        var questions = (
            from account in Accounts
            from place in new[] { here, other, null }
            from asked in Asked
            select (account.Account, Right: new Right(place, asked.Group, asked.Resource, asked.Verb, asked.Name))
        ).ToList();
        var allowed = questions.ToLookup(one => grants.Of(new Account(here, one.Account)).Any(grant => grant.Allows(one.Right)));
        Assert.True(allowed[true].Count() > 100, "the table asks for too little");
        // The authorizer learns of Roles and bindings through its own watches.
        foreach (var (account, right) in allowed[true])
            await Cluster.UntilAsync($"{account} may {right}", async () => await CanAsync(account, right) ? "yes" : null);
        var wrong = new List<string>();
        foreach (var (account, right) in allowed[false])
        {
            if (await CanAsync(account, right))
                wrong.Add($"{account}: {right}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        string Filled(string text) =>
            text.Replace("NS", here, StringComparison.Ordinal)
                .Replace("OTHER", other, StringComparison.Ordinal)
                .Replace("GROUP", Group, StringComparison.Ordinal)
                .Replace("ID", here, StringComparison.Ordinal);

        async Task<bool> CanAsync(string account, Right right)
        {
            var resource = right.Resource.Split('/');
            var review = new V1SubjectAccessReview
            {
                Spec = new V1SubjectAccessReviewSpec
                {
                    User = $"system:serviceaccount:{here}:{account}",
                    Groups = ["system:serviceaccounts", $"system:serviceaccounts:{here}", "system:authenticated"],
                    ResourceAttributes = new V1ResourceAttributes
                    {
                        NamespaceProperty = right.Namespace,
                        Group = right.Group,
                        Resource = resource[0],
                        Subresource = resource.Length > 1 ? resource[1] : null,
                        Verb = right.Verb,
                        Name = right.Name,
                    },
                },
            };
            return (await cluster.Admin.AuthorizationV1.CreateSubjectAccessReviewAsync(review)).Status.Allowed;
        }
    }

    private static IEnumerable<string> Bindings((string Account, string Bindings) account) =>
        account.Bindings.Split('|').Select((text, index) =>
        {
            var words = text.Split(' ', 4);
            var role = words[2].Split('/');
            var place = words[1] == "-" ? "" : $", namespace: {words[1]}";
            return $"{{apiVersion: {Group}/v1, kind: {words[0]}, metadata: {{name: {account.Account}-{index}-ID{place}}}, "
                + $"roleRef: {{apiGroup: {Group}, kind: {role[0]}, name: {role[1]}}}, subjects: [{words[3]}]}}";
        });
}
