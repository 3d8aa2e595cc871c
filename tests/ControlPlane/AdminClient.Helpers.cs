using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace WaitFor.Testing;

public sealed partial class AdminClient
{
    private static readonly TimeSpan ControllerLimit = TimeSpan.FromSeconds(60);

    // Before 1.24 a controller makes a token secret for every service account, and until it is there the admission of
    // pods that use the account fails (https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/).
    private static readonly Version NoTokenSecrets = new(1, 24);

    /// <summary>Creates a namespace with a name of its own and waits until pods can be created in it.</summary>
    /// <param name="prefix">The name's beginning, lower case.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The namespace's name.</returns>
    /// <exception cref="TimeoutException">The controllers did not make the default service account within 60 s.</exception>
    public async Task<string> CreateNamespaceAsync(string prefix, CancellationToken cancellationToken = default)
    {
        var name = UniqueName(prefix);
        await CreateNamespaceExactlyAsync(name, cancellationToken);
        return name;
    }

    /// <summary>Creates a namespace with just this name and waits until pods can be created in it.</summary>
    /// <param name="name">The namespace's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AdminException">It is there already.</exception>
    /// <exception cref="TimeoutException">The controllers did not make the default service account within 60 s.</exception>
    public async Task CreateNamespaceExactlyAsync(string name, CancellationToken cancellationToken = default)
    {
        await PostAsync("/api/v1/namespaces", Named("v1", "Namespace", name), cancellationToken);
        await ServiceAccountIsUsableAsync(name, "default", cancellationToken);
    }

    /// <summary>Creates a service account and waits until pods can use it.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="name">The service account's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">The controllers did not make its token within 60 s (before 1.24).</exception>
    public async Task CreateServiceAccountAsync(string ns, string name, CancellationToken cancellationToken = default)
    {
        await PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", Named("v1", "ServiceAccount", name), cancellationToken);
        await ServiceAccountIsUsableAsync(ns, name, cancellationToken);
    }

    /// <summary>A bearer token for a service account, good for one hour (TokenRequest API).</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="name">The service account's name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<string> CreateServiceAccountTokenAsync(string ns, string name, CancellationToken cancellationToken = default)
    {
        var request = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenRequest",
            ["spec"] = new JsonObject { ["expirationSeconds"] = 3600 },
        };
        var answer = await PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts/{name}/token", request, cancellationToken);
        return (string?)answer?["status"]?["token"] ?? throw new InvalidDataException($"no token in {answer}");
    }

    /// <summary>Gives a service account rights in its namespace, by a Role and a RoleBinding, and waits until they hold.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="serviceAccount">The service account's name.</param>
    /// <param name="rules">What it may do; at least one rule.</param>
    /// <returns>The name of both the Role and the RoleBinding: delete either to take the rights back.</returns>
    /// <exception cref="TimeoutException">The rights did not hold within 60 s.</exception>
    public Task<string> AllowAsync(string ns, string serviceAccount, params AccessRule[] rules) =>
        AllowAcrossAsync(ns, ns, serviceAccount, rules);

    /// <summary>As <see cref="AllowAsync"/>, for a service account of another namespace.</summary>
    /// <param name="ns">The namespace of the rights.</param>
    /// <param name="home">The service account's namespace.</param>
    /// <param name="serviceAccount">The service account's name.</param>
    /// <param name="rules">What it may do; at least one rule.</param>
    /// <returns>The name of both the Role and the RoleBinding.</returns>
    /// <exception cref="TimeoutException">The rights did not hold within 60 s.</exception>
    public async Task<string> AllowAcrossAsync(string ns, string home, string serviceAccount, params AccessRule[] rules)
    {
        const string Rbac = "rbac.authorization.k8s.io";
        var name = UniqueName(serviceAccount);
        var role = Named($"{Rbac}/v1", "Role", name);
        role["rules"] = new JsonArray([.. rules.Select(rule => rule.ToJson())]);
        await PostAsync($"/apis/{Rbac}/v1/namespaces/{ns}/roles", role);

        var binding = Named($"{Rbac}/v1", "RoleBinding", name);
        binding["roleRef"] = new JsonObject
        {
            ["apiGroup"] = Rbac,
            ["kind"] = "Role",
            ["name"] = name,
        };
        binding["subjects"] = new JsonArray(
            new JsonObject
            {
                ["kind"] = "ServiceAccount",
                ["namespace"] = home,
                ["name"] = serviceAccount,
            }
        );
        await PostAsync($"/apis/{Rbac}/v1/namespaces/{ns}/rolebindings", binding);

        // They come in one Role, so one rule speaks for all.
        await UntilAllowedAsync(ns, home, serviceAccount, rules[0]);
        return name;
    }

    /// <summary>Waits until a service account may do something: the authorizer learns of Roles and bindings through watches of its
    /// own.</summary>
    /// <param name="ns">The namespace of the rights.</param>
    /// <param name="home">The service account's namespace.</param>
    /// <param name="serviceAccount">The service account's name.</param>
    /// <param name="rule">The rule; its first resource, verb and name are asked for.</param>
    /// <exception cref="TimeoutException">It may not within 60 s.</exception>
    public Task UntilAllowedAsync(string ns, string home, string serviceAccount, AccessRule rule) =>
        Poll.UntilAsync(
            $"right of {home}/{serviceAccount} to {rule.Verbs[0]} {rule.Resources[0]} in {ns}",
            ControllerLimit,
            token => MayAsync(ns, $"system:serviceaccount:{home}:{serviceAccount}", rule, token),
            CancellationToken.None
        );

    /// <summary>Writes fields of a Job's status, as the Job controller would.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="name">The Job's name.</param>
    /// <param name="status">A merge patch of the status: what it does not name stays, null removes, a list replaces the list.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The Job as it is now.</returns>
    public Task<JsonNode?> SetJobStatusAsync(string ns, string name, JsonNode status, CancellationToken cancellationToken = default) =>
        PatchAsync($"/apis/batch/v1/namespaces/{ns}/jobs/{name}/status", Status(status), cancellationToken: cancellationToken);

    /// <summary>Writes fields of a pod's status, as the kubelet would.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="name">The pod's name.</param>
    /// <param name="status">A merge patch of the status: what it does not name stays, null removes, a list replaces the list.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The pod as it is now.</returns>
    public Task<JsonNode?> SetPodStatusAsync(string ns, string name, JsonNode status, CancellationToken cancellationToken = default) =>
        PatchAsync($"/api/v1/namespaces/{ns}/pods/{name}/status", Status(status), cancellationToken: cancellationToken);

    private Task ServiceAccountIsUsableAsync(string ns, string name, CancellationToken cancellationToken) =>
        Poll.UntilAsync(
            $"service account {ns}/{name}",
            ControllerLimit,
            async token =>
            {
                var account = await FindAsync($"/api/v1/namespaces/{ns}/serviceaccounts/{name}", token);
                return account is not null && (kubernetesVersion >= NoTokenSecrets || account["secrets"] is JsonArray { Count: > 0 });
            },
            cancellationToken
        );

    private async Task<bool> MayAsync(string ns, string user, AccessRule rule, CancellationToken cancellationToken)
    {
        var resource = rule.Resources[0].Split('/', 2);
        var attributes = new JsonObject
        {
            ["namespace"] = ns,
            ["group"] = rule.ApiGroup,
            ["resource"] = resource[0],
            ["verb"] = rule.Verbs[0],
        };
        if (resource.Length > 1)
        {
            attributes["subresource"] = resource[1];
        }

        if (rule.ResourceNames is { Count: > 0 } names)
        {
            attributes["name"] = names[0];
        }

        var review = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SubjectAccessReview",
            ["spec"] = new JsonObject { ["user"] = user, ["resourceAttributes"] = attributes },
        };
        var answer = await PostAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", review, cancellationToken);
        return (bool?)answer?["status"]?["allowed"] ?? false;
    }

    private static JsonObject Named(string apiVersion, string kind, string name) =>
        new()
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name },
        };

    private static JsonObject Status(JsonNode status) => new() { ["status"] = status.DeepClone() };

    private static string UniqueName(string prefix) => $"{prefix}-{RandomNumberGenerator.GetHexString(10, lowercase: true)}";
}
