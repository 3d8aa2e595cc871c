using WaitFor.Lint;
using WaitFor.Process.Help;

namespace WaitFor.CommandLine;

/// <summary>The options of <c>wait-for lint</c>: the parser, help, completion and docs/pattern-lint.md read this table.</summary>
internal static class LintHelp
{
    /// <summary>All options.</summary>
    public static IReadOnlyList<HelpOption> Options { get; } =
    [
        new("-f, --filename", "FILE", "manifests: a file, a folder, or - for the standard input; repeatable") { Repeatable = true },
        new("-R, --recursive", "", "subfolders too"),
        new("-o, --output", "FORMAT", "text, json, github (annotations on the lines) or sarif (code scanning)")
        {
            Default = "text",
            Choices = ["text", "json", "github", "sarif"],
        },
        new("--report", "FILE", "write the findings in that format to a file, and the text to standard output"),
        new("--allow", "RULE", "do not report this rule; repeatable") { Repeatable = true, Choices = Rules },
        new("--strict", "", "end with 1 for warnings too"),
        new("--explain", "RULE", "print the reason for the rule, with bad and good YAML") { Choices = Rules },
        new("-h, --help", "", "this text"),
    ];

    /// <summary>The text of <c>lint --help</c>.</summary>
    public static string Text =>
        $"""
        Checks manifests before they are deployed: migration Jobs, the gates that wait for them, and what both need. It
        contacts nothing.

        Usage:
          wait-for lint -f FILE|FOLDER|- [options]
          wait-for lint --explain RULE

        Examples:
          wait-for lint -f k8s
          kustomize build overlays/prod | wait-for lint -f -
          helm template shop ./chart | wait-for lint -f - --strict

        Render templates first: lint refuses them. A gate is an init container, or a container of a Job, CronJob or Pod, that
        runs wait-for, k8s-wait-for, kubectl wait for a Job, or migrate wait. A migration Job is a Job that a gate waits for,
        that runs a tool for migrations, or that has the label app.kubernetes.io/component: migration.

        Options:
        {OptionTable.Of(Options)}

        Exit codes:
          0    no errors         1    errors found (with --strict warnings too)
          2    wrong usage, or a file that is not YAML
          70   an error in wait-for itself
        """;

    private static string[] Rules => [.. PatternRules.Known.Select(rule => rule.Name)];
}
