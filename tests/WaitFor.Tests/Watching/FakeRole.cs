using WaitFor.Testing;

namespace WaitFor.Tests.Watching;

/// <summary>What a Role allows on a fake API server; everything else is a 403. It can change while a gate runs.</summary>
internal sealed class FakeRole
{
    private volatile string _rules;

    /// <param name="server">The server.</param>
    /// <param name="rules">Verbs by resource: <c>jobs=get,list; pods=list</c>.</param>
    public FakeRole(FakeApiServer server, string rules)
    {
        _rules = rules;
        server.Always(
            request => !Allows(request),
            context =>
            {
                var (resource, verb, _) = Of(context.Request.Path.Value!, context.Request.Query.ContainsKey("watch"));
                return Answers.Status(
                    403,
                    "Forbidden",
                    $"{resource} is forbidden: User \"system:serviceaccount:shop:default\" cannot {verb} resource \"{resource}\""
                )(context);
            }
        );
    }

    /// <summary>Gives and takes away.</summary>
    public void Change(string rules) => _rules = rules;

    /// <summary>Resource, verb and name of a request; a watch that begins with what exists is a <c>watchlist</c>.</summary>
    public static string Word(SeenRequest request)
    {
        var (resource, verb, _) = Of(request.Path, request.IsWatch);
        return request.Path == "/version" ? "version"
            : request.Query.ContainsKey("sendInitialEvents") ? $"watchlist {resource}"
            : $"{verb} {resource}";
    }

    private bool Allows(SeenRequest request)
    {
        var (resource, verb, _) = Of(request.Path, request.IsWatch);
        return request.Path == "/version"
            || _rules
                .Split(';', StringSplitOptions.TrimEntries)
                .Select(rule => rule.Split('='))
                .Any(rule => rule[0] == resource && rule[1].Split(',').Contains(verb));
    }

    private static (string Resource, string Verb, string? Name) Of(string path, bool watch)
    {
        // /api/v1/namespaces/NS/RESOURCE/NAME, /apis/GROUP/VERSION/namespaces/NS/RESOURCE/NAME
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var at = Array.IndexOf(parts, "namespaces") + 2;
        if (at < 2 || at >= parts.Length)
            return (parts[^1], watch ? "watch" : "list", null);
        return parts.Length > at + 1 ? (parts[at], "get", parts[at + 1]) : (parts[at], watch ? "watch" : "list", null);
    }
}
