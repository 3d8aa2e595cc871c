using WaitFor.Lint;
using WaitFor.Process.Help;

namespace WaitFor.CommandLine;

/// <summary>Help for <c>wait-for lint</c>.</summary>
internal static class LintHelp
{
    /// <summary>All options. A test holds them equal to <see cref="LintCommand"/>'s.</summary>
    public static IReadOnlyList<HelpOption> Options { get; } =
    [
        new("-f, --filename", "FILE", "manifests: a file, a folder, or - for the standard input; repeatable"),
        new("-R, --recursive", "", "subfolders too"),
        new("-o, --output", "FORMAT", "text, json, github (lines for GitHub Actions) or sarif")
        {
            Default = "text",
            Choices = ["text", "json", "github", "sarif"],
        },
        new("--report", "FILE", "write that format to a file, and text to stdout"),
        new("--allow", "RULE", "leave out what this rule finds; repeatable") { Choices = Rules },
        new("--strict", "", "warnings fail too"),
        new("--explain", "RULE", "why the rule is one, with a bad and a good manifest") { Choices = Rules },
        new("-h, --help", "", "this text"),
    ];

    /// <summary>The text of <c>lint --help</c>.</summary>
    public static string Text { get; } =
        """
            Checks manifests before they are deployed: migration Jobs, the gates that wait for them, what both need. Contacts nothing.

            Usage:
              wait-for lint -f FILE|FOLDER|- [options]
              wait-for lint --explain RULE

            Examples:
              wait-for lint -f k8s
              kustomize build overlays/prod | wait-for lint -f -
              helm template shop ./chart | wait-for lint -f - --strict

            Templates are refused: render them first. A gate is an init container (or a container of a Job or Pod) that runs wait-for,
            k8s-wait-for, kubectl wait for a Job, or migrate wait. A migration Job is one that a gate waits for, that runs a tool for
            migrations, or that has the label app.kubernetes.io/component: migration.


            """
        + OptionTable.All([new HelpGroup("Options", Options)])
        + """


            Exit codes:
              0    no error          1    errors found (with --strict warnings too)
              2    wrong usage, or something is no YAML
              70   an error in wait-for itself
            """;

    private static string[] Rules => [.. PatternRules.Known.Select(rule => rule.Name)];
}
