using System.Net.Http.Headers;
using System.Text;

namespace WaitFor.Kubernetes.Access;

/// <summary>The user as whom the requests are made.
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation"/></summary>
public sealed class Impersonation
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    private Impersonation(string user) => User = user;

    /// <summary>The user.</summary>
    public string User { get; }

    /// <summary>Headers of every request, in the order in which they are sent.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>Reads it from a kubeconfig's user (<c>as</c>, <c>as-uid</c>, <c>as-groups</c>, <c>as-user-extra</c>) and the flags, which
    /// win.</summary>
    /// <param name="user">The kubeconfig's user; null for none.</param>
    /// <param name="overrides">The flags.</param>
    /// <returns>Null where nobody is impersonated.</returns>
    /// <exception cref="AccessException">Groups, UID or extra without a user, as in kubectl; or a value that no header can
    /// carry.</exception>
    internal static Impersonation? Read(YamlSection? user, AccessOverrides overrides)
    {
        var name = overrides.As ?? user?.Text("as");
        var uid = overrides.AsUid ?? user?.Text("as-uid");
        IReadOnlyList<string> groups = overrides.AsGroups.Count > 0 ? overrides.AsGroups : [.. user?.Texts("as-groups") ?? []];
        var extra = user?.Section("as-user-extra", user.Name + ", as-user-extra");
        if (name is null)
        {
            return uid is null && groups.Count == 0 && extra?.Fields.Any() != true
                ? null
                : throw Error("a group, UID or extra to impersonate is given without a user; add --as, or as in the kubeconfig");
        }

        var impersonation = new Impersonation(name);
        impersonation.Add("Impersonate-User", name);
        if (uid is not null)
            impersonation.Add("Impersonate-Uid", uid);
        foreach (var group in groups)
            impersonation.Add("Impersonate-Group", group);
        foreach (var key in extra?.Fields ?? [])
        {
            foreach (var value in extra!.Texts(key))
                impersonation.Add("Impersonate-Extra-" + Escape(key), value);
        }

        return impersonation;

        AccessException Error(string reason) => user?.Error(reason) ?? new AccessException(reason);
    }

    internal void AddTo(HttpRequestHeaders headers)
    {
        foreach (var lines in _headers.GroupBy(header => header.Key, StringComparer.OrdinalIgnoreCase))
            headers.TryAddWithoutValidation(
                lines.Key,
                string.Join($"{RepeatedHeaders.LineEnd}{lines.Key}: ", lines.Select(header => header.Value))
            );
    }

    private void Add(string header, string value)
    {
        if (value.Length == 0 || value.Any(char.IsControl))
            throw new AccessException($"{header}: the value is empty or has control characters; correct it");
        _headers.Add(new(header, value));
    }

    /// <summary>A key becomes a part of a header's name: what is no character of a name is percent-encoded.</summary>
    private static string Escape(string key)
    {
        var text = new StringBuilder();
        foreach (var part in Encoding.UTF8.GetBytes(key))
        {
            if (char.IsAsciiLetterOrDigit((char)part) || "!#$&'*+-.^_`|~".Contains((char)part, StringComparison.Ordinal))
                text.Append((char)part);
            else
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"%{part:X2}");
        }

        return text.ToString();
    }
}
