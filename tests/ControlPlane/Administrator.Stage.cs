using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace WaitFor.Testing;

public sealed partial class Administrator
{
    private static readonly TimeSpan ControllerLimit = TimeSpan.FromSeconds(60);

    // Before 1.24 a controller makes a token secret for every service account, and until it exists the admission of
    // pods that use the account fails (https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/).
    private static readonly Version NoTokenSecrets = new(1, 24);

    /// <summary>Creates a namespace with a unique name and waits until pods can be created in it.</summary>
    /// <param name="prefix">The name's beginning, lower case.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The namespace's name.</returns>
    /// <exception cref="TimeoutException">The controllers did not make the default service account within 60s.</exception>
    public async Task<string> CreateNamespaceAsync(string prefix, CancellationToken cancellationToken = default)
    {
        var name = UniqueName(prefix);
        await CreateNamespaceExactlyAsync(name, cancellationToken);
        return name;
    }

    /// <summary>Creates a namespace with just this name and waits until pods can be created in it.</summary>
    /// <param name="name">The namespace's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HttpOperationException">It exists already.</exception>
    /// <exception cref="TimeoutException">The controllers did not make the default service account within 60s.</exception>
    public async Task CreateNamespaceExactlyAsync(string name, CancellationToken cancellationToken = default)
    {
        await CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = Named(name) }, cancellationToken: cancellationToken);
        await ServiceAccountIsUsableAsync(name, "default", cancellationToken);
    }

    /// <summary>Creates a service account and waits until pods can use it.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="name">The service account's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">The controllers did not make its token within 60s (before 1.24).</exception>
    public async Task CreateServiceAccountAsync(string ns, string name, CancellationToken cancellationToken = default)
    {
        var account = new V1ServiceAccount { Metadata = Named(name) };
        await CoreV1.CreateNamespacedServiceAccountAsync(account, ns, cancellationToken: cancellationToken);
        await ServiceAccountIsUsableAsync(ns, name, cancellationToken);
    }

    /// <summary>A bearer token for a service account, valid for one hour (TokenRequest API).</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="name">The service account's name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<string> CreateServiceAccountTokenAsync(string ns, string name, CancellationToken cancellationToken = default)
    {
        var request = new Authenticationv1TokenRequest
        {
            Spec = new V1TokenRequestSpec { Audiences = [], ExpirationSeconds = 3600 },
        };
        var answer = await CoreV1.CreateNamespacedServiceAccountTokenAsync(request, name, ns, cancellationToken: cancellationToken);
        return answer.Status?.Token ?? throw new InvalidDataException($"no token for service account {ns}/{name}");
    }

    /// <summary>Gives a service account permissions in its namespace, by a Role and a RoleBinding, and waits until they are
    /// effective.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="serviceAccount">The service account's name.</param>
    /// <param name="rules">What it can do; at least one rule.</param>
    /// <returns>The name of both the Role and the RoleBinding: delete either to take the permissions back.</returns>
    /// <exception cref="TimeoutException">The permissions were not effective within 60s.</exception>
    public Task<string> AllowAsync(string ns, string serviceAccount, params AccessRule[] rules) =>
        AllowAcrossAsync(ns, ns, serviceAccount, rules);

    /// <summary>As <see cref="AllowAsync"/>, for a service account of another namespace.</summary>
    /// <param name="ns">The namespace of the permissions.</param>
    /// <param name="home">The service account's namespace.</param>
    /// <param name="serviceAccount">The service account's name.</param>
    /// <param name="rules">What it can do; at least one rule.</param>
    /// <returns>The name of both the Role and the RoleBinding.</returns>
    /// <exception cref="TimeoutException">The permissions were not effective within 60s.</exception>
    public async Task<string> AllowAcrossAsync(string ns, string home, string serviceAccount, params AccessRule[] rules)
    {
        var name = UniqueName(serviceAccount);
        var role = new V1Role { Metadata = Named(name), Rules = [.. rules.Select(rule => rule.ToPolicyRule())] };
        await RbacAuthorizationV1.CreateNamespacedRoleAsync(role, ns);
        var binding = new V1RoleBinding
        {
            Metadata = Named(name),
            RoleRef = new V1RoleRef
            {
                ApiGroup = V1Role.KubeGroup,
                Kind = V1Role.KubeKind,
                Name = name,
            },
            Subjects =
            [
                new Rbacv1Subject
                {
                    Kind = V1ServiceAccount.KubeKind,
                    NamespaceProperty = home,
                    Name = serviceAccount,
                },
            ],
        };
        await RbacAuthorizationV1.CreateNamespacedRoleBindingAsync(binding, ns);

        // They come in one Role, so one rule speaks for all.
        await UntilAllowedAsync(ns, home, serviceAccount, rules[0]);
        return name;
    }

    /// <summary>Waits until a service account can do something: the authorizer learns of Roles and bindings through its own
    /// watches.</summary>
    /// <param name="ns">The namespace of the permissions.</param>
    /// <param name="home">The service account's namespace.</param>
    /// <param name="serviceAccount">The service account's name.</param>
    /// <param name="rule">The rule; its first resource, verb and name are asked for.</param>
    /// <exception cref="TimeoutException">It cannot within 60s.</exception>
    public Task UntilAllowedAsync(string ns, string home, string serviceAccount, AccessRule rule) =>
        Poll.UntilAsync(
            $"permission of {home}/{serviceAccount} to {rule.Verbs[0]} {rule.Resources[0]} in {ns}",
            ControllerLimit,
            token => CanAsync(ns, $"system:serviceaccount:{home}:{serviceAccount}", rule, token),
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
                try
                {
                    var account = await CoreV1.ReadNamespacedServiceAccountAsync(name, ns, cancellationToken: token);
                    return kubernetesVersion >= NoTokenSecrets || account.Secrets is { Count: > 0 };
                }
                catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
                {
                    return false;
                }
            },
            cancellationToken
        );

    private async Task<bool> CanAsync(string ns, string user, AccessRule rule, CancellationToken cancellationToken)
    {
        var resource = rule.Resources[0].Split('/', 2);
        var review = new V1SubjectAccessReview
        {
            Spec = new V1SubjectAccessReviewSpec
            {
                User = user,
                ResourceAttributes = new V1ResourceAttributes
                {
                    NamespaceProperty = ns,
                    Group = rule.ApiGroup,
                    Resource = resource[0],
                    Subresource = resource.Length > 1 ? resource[1] : null,
                    Verb = rule.Verbs[0],
                    Name = rule.ResourceNames is [var one, ..] ? one : null,
                },
            },
        };
        return (await AuthorizationV1.CreateSubjectAccessReviewAsync(review, cancellationToken: cancellationToken)).Status?.Allowed
            ?? false;
    }

    private static V1ObjectMeta Named(string name) => new() { Name = name };

    private static JsonObject Status(JsonNode status) => new() { ["status"] = status.DeepClone() };

    private static string UniqueName(string prefix) => $"{prefix}-{RandomNumberGenerator.GetHexString(10, lowercase: true)}";
}
