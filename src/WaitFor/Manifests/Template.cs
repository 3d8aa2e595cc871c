namespace WaitFor.Manifests;

/// <summary>Tells Helm's actions, which only a template that was not rendered has, from braces that rendered manifests may carry: those of
/// alerts, workflows and dashboards.
/// <see href="https://helm.sh/docs/chart_template_guide/functions_and_pipelines/"/></summary>
internal static class Template
{
    private static readonly string[] Roots =
    [
        ".Values",
        ".Release",
        ".Chart",
        ".Capabilities",
        ".Files",
        ".Template",
        "$.Values",
        "$.Release",
        "$.Chart",
    ];

    private static readonly string[] Words = ["include", "tpl", "toYaml", "default", "required", "quote", "lookup", "trunc"];

    /// <summary>Whether an action of a Helm template stands in the text.</summary>
    public static bool IsAction(string text)
    {
        for (var at = 0; (at = text.IndexOf("{{", at, StringComparison.Ordinal)) >= 0; )
        {
            at += 2;
            var rest = text.AsSpan(at).TrimStart("-").TrimStart();
            foreach (var root in Roots)
            {
                if (rest.StartsWith(root, StringComparison.Ordinal))
                    return true;
            }

            var end = rest.IndexOfAnyExceptInRange('A', 'z');
            var word = end < 0 ? rest : rest[..end];
            foreach (var known in Words)
            {
                if (word.SequenceEqual(known))
                    return true;
            }
        }

        return false;
    }
}
