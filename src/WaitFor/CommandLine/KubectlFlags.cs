namespace WaitFor.CommandLine;

/// <summary>A flag of kubectl that is not one of the gate's own options.</summary>
/// <param name="Name">The long name, with its dashes.</param>
/// <param name="Short">The short name with its dash; null where it has none.</param>
/// <param name="TakesValue">True: its value is in the next word, unless it is given with "=".</param>
/// <param name="Instead">What to write in its place; null: it has no effect on a gate and is accepted.</param>
internal sealed record KubectlFlag(string Name, string? Short, bool TakesValue, string? Instead);

/// <summary>The flags of <c>kubectl get</c>, <c>kubectl wait</c> and of kubectl itself that people bring along.
/// <see href="https://kubernetes.io/docs/reference/kubectl/generated/kubectl_get/"/>,
/// <see href="https://kubernetes.io/docs/reference/kubectl/generated/kubectl/"/></summary>
internal static class KubectlFlags
{
    private const string Objects = "name the objects (KIND/NAME), or use --filename";
    private const string Kubeconfig = "set it in a kubeconfig and use --kubeconfig";

    private static readonly KubectlFlag[] All =
    [
        // They change what kubectl prints, or how it reads: a gate prints its own.
        NoEffect("--no-headers"),
        NoEffect("--show-labels"),
        NoEffect("--show-kind"),
        NoEffect("--show-managed-fields"),
        NoEffect("--server-print"),
        NoEffect("--allow-missing-template-keys"),
        NoEffect("--ignore-not-found"),
        NoEffect("--output-watch-events"),
        NoEffect("--watch", "-w"),
        NoEffect("--watch-only"),
        NoEffect("--sort-by", takesValue: true),
        NoEffect("--chunk-size", takesValue: true),
        NoEffect("--label-columns", "-L", takesValue: true),
        NoEffect("--template", takesValue: true),
        NoEffect("--cache-dir", takesValue: true),
        NoEffect("--kuberc", takesValue: true),
        NoEffect("--log-flush-frequency", takesValue: true),
        NoEffect("--profile", takesValue: true),
        NoEffect("--profile-output", takesValue: true),
        NoEffect("--disable-compression"),
        NoEffect("--match-server-version"),
        NoEffect("--warnings-as-errors"),
        NoEffect("--show-events"),
        NoEffect("--vmodule", takesValue: true),
        // Of the kubectl in older images of k8s-wait-for.
        NoEffect("--add-dir-header"),
        NoEffect("--alsologtostderr"),
        NoEffect("--include-uninitialized"),
        NoEffect("--log-backtrace-at", takesValue: true),
        NoEffect("--log-dir", takesValue: true),
        NoEffect("--log-file", takesValue: true),
        NoEffect("--log-file-max-size", takesValue: true),
        NoEffect("--logtostderr"),
        NoEffect("--one-output"),
        NoEffect("--show-all", "-a"),
        NoEffect("--skip-headers"),
        NoEffect("--skip-log-headers"),
        NoEffect("--stderrthreshold", takesValue: true),
        // They would change the target, or the user.
        Refused("--kustomize", "write kubectl kustomize FOLDER | wait-for -f -", "-k"),
        Refused("--raw", Objects),
        Refused("--subresource", "leave it out: the gate reads the whole object"),
        Refused("--client-certificate", Kubeconfig),
        Refused("--client-key", Kubeconfig),
        Refused("--username", Kubeconfig),
        Refused("--password", Kubeconfig),
        Refused("--as-user-extra", Kubeconfig),
    ];

    /// <summary>The long names, for the nearest one to a misspelt flag.</summary>
    public static IEnumerable<string> Names => All.Select(flag => flag.Name);

    /// <summary>The flag of this name; null where kubectl has none, or it is an option of the gate.</summary>
    /// <param name="name">The name as it was written, without a value: <c>-w</c>, <c>--watch</c>.</param>
    public static KubectlFlag? Find(string name) => Array.Find(All, flag => flag.Name == name || flag.Short == name);

    private static KubectlFlag NoEffect(string name, string? shortName = null, bool takesValue = false) =>
        new(name, shortName, takesValue, Instead: null);

    private static KubectlFlag Refused(string name, string instead, string? shortName = null, bool takesValue = true) =>
        new(name, shortName, takesValue, instead);
}
