using WaitFor.CommandLine;

namespace WaitFor.Report;

/// <summary>The service account that rights are bound to.</summary>
internal sealed record Subject(string Namespace, string Name)
{
    private const string Prefix = "system:serviceaccount:";

    /// <summary>The service account that a 403 names (<c>User "system:serviceaccount:shop:default" cannot list ...</c>); null where it
    /// names somebody else.</summary>
    public static Subject? OfDenial(string message)
    {
        var start = message.IndexOf(Prefix, StringComparison.Ordinal);
        var end = start < 0 ? -1 : message.IndexOf('"', start);
        return
            end > 0
            && message[(start + Prefix.Length)..end].Split(':') is [var @namespace, var name]
            && Names.ProblemOfNamespace(@namespace) is null
            && Names.ProblemOfName(name) is null
            ? new Subject(@namespace, name)
            : null;
    }
}
