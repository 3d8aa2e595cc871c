namespace WaitFor.CommandLine;

/// <summary>Help for <c>wait-for lint</c>.</summary>
internal static class LintHelp
{
    /// <summary>The text of <c>lint --help</c>.</summary>
    public const string Text = """
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

        Options:
          -f, --filename FILE       Manifests: a file, a folder, or - for the standard input (repeatable)
          -R, --recursive           Folders below a folder too
          -o, --output FORMAT       text, json, github (lines for GitHub Actions) or sarif (default text)
              --report FILE         Write that format to a file, and text to stdout
              --allow RULE          Leave out what this rule finds (repeatable)
              --strict              Warnings fail too
              --explain RULE        Why the rule is one, with a bad and a good manifest
          -h, --help                This text

        Exit codes:
          0    no error          1    errors found (with --strict warnings too)
          2    wrong usage, or something is no YAML
          70   an error in wait-for itself
        """;
}
