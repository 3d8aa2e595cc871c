using WaitFor.Kinds;
using WaitFor.Process.Help;

namespace WaitFor.CommandLine;

/// <summary>The options of <c>wait-for</c>: the parser, help, documentation and shell completion read this table.</summary>
internal static class GateHelp
{
    /// <summary>All options.</summary>
    public static IReadOnlyList<HelpGroup> Groups { get; } =
    [
        new(
            "Objects",
            [
                new("-n, --namespace", "NAME", "namespace of targets that name none")
                {
                    Default = "the pod's, or the context's",
                    Common = true,
                },
                new("-l, --selector", "SELECTOR", "label selector, with one KIND") { Common = true },
                new("-f, --filename", "FILE", "wait for the objects of a manifest, of a folder, or of - (standard input); repeatable")
                {
                    Repeatable = true,
                    Common = true,
                },
                new("-A, --all-namespaces", "", "selectors span all namespaces (needs a ClusterRole)"),
                new("--field-selector", "SELECTOR", "field selector, with one KIND"),
                new("--all", "", "all objects of one KIND"),
                new("-R, --recursive", "", "with --filename: subfolders too"),
            ]
        ),
        new(
            "Condition",
            [
                new("--timeout", "DURATION", "longest time to wait, such as 90s or 1h30m; 0 for no limit")
                {
                    Default = "10m",
                    Common = true,
                },
                new("--for", "WHAT", "condition=NAME[=VALUE], jsonpath=EXPRESSION[=VALUE], delete, create; repeatable")
                {
                    Repeatable = true,
                    Default = "see --help kinds",
                    Common = true,
                },
                new("--on-missing", "WHAT", "if a target is missing: wait, fail (exit code 4) or pass (Jobs only)")
                {
                    Default = "wait",
                    Choices = ["wait", "fail", "pass"],
                    Common = true,
                },
                new("--fail-fast", "", "end with 1 if a pod of the target cannot start (image, configuration, crash loop)")
                {
                    Common = true,
                },
                new("--expect-image", "IMAGE", "ignore objects without this image (an older release's); repeatable, one must match")
                {
                    Repeatable = true,
                    Common = true,
                },
                new("--expect-label", "KEY=VALUE", "ignore objects without this label; repeatable, all must match") { Repeatable = true },
                new("--record", "NAME", "ConfigMap with completion records: a deleted Job counts as complete if its name is a key")
                {
                    Common = true,
                },
                new("--record-write", "", "with --record: write the key when the Job is Complete (for Jobs without migrate)"),
                new("--min-ready", "N", "at least N ready: pods by selector, services") { Default = "all" },
                new("--revision", "N", "only this revision of a Deployment counts") { Default = "any" },
                new("--stable-for", "DURATION", "how long the targets must stay ready") { Default = "0" },
                new("--poll-interval", "DURATION", "pause between polls if the Role allows no watch; 1s or more") { Default = "5s" },
            ]
        ),
        new(
            "Cluster",
            [
                new("--kubeconfig", "FILE", "kubeconfig to use") { Default = "$KUBECONFIG, in the cluster, ~/.kube/config" },
                new("--context", "NAME", "context of the kubeconfig") { Default = "the current one" },
                new("--cluster", "NAME", "cluster of the kubeconfig"),
                new("--user", "NAME", "user of the kubeconfig"),
                new("-s, --server", "URL", "address of the API server"),
                new("--token", "TOKEN", "bearer token"),
                new("--certificate-authority", "FILE", "CA certificates of the API server"),
                new("--insecure-skip-tls-verify", "", "do not check the API server's certificate"),
                new("--tls-server-name", "NAME", "host name that the certificate must have"),
                new("--as", "NAME", "user to impersonate"),
                new("--as-group", "NAME", "group to impersonate; repeatable") { Repeatable = true },
                new("--as-uid", "UID", "uid to impersonate"),
                new("--request-timeout", "DURATION", "longest time until an answer begins"),
            ]
        ),
        new(
            "Permissions (wait-for rbac)",
            [
                new("--service-account", "NAME", "service account to bind, NAME (in namespace -n) or NAMESPACE/NAME")
                {
                    Default = "default",
                },
                new("--report", "", "also the permissions for a full report (pods, logs, events)"),
            ]
        ),
        new(
            "Output",
            [
                new("-o, --output", "FORMAT", "text, or json: one document on stdout at the end, the log as JSON lines")
                {
                    Default = "text",
                    Choices = ["text", "json"],
                    Common = true,
                },
                new("--termination-log", "FILE", "file for the reason (kubectl describe shows it); empty for none")
                {
                    Default = "/dev/termination-log",
                },
                new("-v, --verbose", "", "also requests and watch events, without secrets"),
                new("-h, --help", "", "this overview, or --help TOPIC"),
                new("--version", "", "the version"),
            ]
        ),
    ];

    /// <summary>The same without headings.</summary>
    public static IReadOnlyList<HelpOption> Options => [.. Groups.SelectMany(group => group.Options)];

    /// <summary>Completion scripts.</summary>
    public static ShellCompletion Completion =>
        new(
            "wait-for",
            Options,
            [
                .. KnownKinds.All.Select(kind => (kind.Word + "/", $"wait for {kind.Word} objects")),
                ("wait", "the arguments of kubectl wait"),
                ("rollout", "the arguments of kubectl rollout status"),
                ("rbac", "print the smallest Role for a wait"),
                ("lint", "check migration Jobs and gates in manifests"),
                ("completion", "print a shell completion script"),
            ],
            HelpText.Pages.Topics
        )
        {
            Command = ("lint", LintHelp.Options),
        };
}
