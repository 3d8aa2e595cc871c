using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>When an object is applied: hooks of Helm and of Argo CD, and Argo CD's waves.
/// <see href="https://helm.sh/docs/topics/charts_hooks/"/>
/// <see href="https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/"/></summary>
/// <param name="entry">The object.</param>
internal sealed class Stage(ManifestEntry entry)
{
    public const string HelmHook = "helm.sh/hook";
    public const string HelmDeletePolicy = "helm.sh/hook-delete-policy";
    public const string ArgoHook = "argocd.argoproj.io/hook";
    public const string ArgoDeletePolicy = "argocd.argoproj.io/hook-delete-policy";
    public const string ArgoWave = "argocd.argoproj.io/sync-wave";

    private const string ArgoOptions = "argocd.argoproj.io/sync-options";
    private const string FluxForce = "kustomize.toolkit.fluxcd.io/force";

    /// <summary>Helm's events; none for an object that is no hook of Helm.</summary>
    public IReadOnlyList<string> HelmEvents { get; } = entry.Annotation(HelmHook).Words();

    /// <summary>Helm's weight; 0 where it is not set.</summary>
    public long HelmWeight { get; } = entry.Annotation("helm.sh/hook-weight").Number() ?? 0;

    /// <summary>Argo CD's hooks; none for an object that is no hook of Argo CD.</summary>
    public IReadOnlyList<string> ArgoHooks { get; } = [.. entry.Annotation(ArgoHook).Words().Where(hook => hook != "Skip")];

    /// <summary>Argo CD's wave; null where it is not set.</summary>
    public long? Wave { get; } = entry.Annotation(ArgoWave).Number();

    /// <summary>Whether it is a hook at all.</summary>
    public bool IsHook => HelmEvents.Count + ArgoHooks.Count > 0;

    /// <summary>Whether Helm runs it before the release's objects are made.</summary>
    public bool HelmBefore => HelmEvents.Any(word => word is "pre-install" or "pre-upgrade");

    /// <summary>The annotation that puts it behind the release's objects; null for none.</summary>
    public ManifestNode? After =>
        HelmEvents.Any(word => word is "post-install" or "post-upgrade") ? entry.Annotation(HelmHook)
        : ArgoHooks.Contains("PostSync", StringComparer.Ordinal) ? entry.Annotation(ArgoHook)
        : null;

    /// <summary>Whether Argo CD runs it before it syncs.</summary>
    public bool ArgoBefore => ArgoHooks.Contains("PreSync", StringComparer.Ordinal);

    /// <summary>Whether it ends before the release's objects are made.</summary>
    public bool Before => HelmBefore || ArgoBefore;

    /// <summary>Whether it ends before the objects of the other stage are made; these need no gate at the first start.</summary>
    public bool IsDoneBefore(Stage other) =>
        (Before && !other.Before) || (!IsHook && !other.IsHook && (Wave ?? 0) < (other.Wave ?? 0));

    /// <summary>The delete policy that deletes what has succeeded; null for none.</summary>
    public ManifestNode? DeletedOnSuccess =>
        entry.Annotation(HelmDeletePolicy) is { } helm && helm.Words().Contains("hook-succeeded", StringComparer.Ordinal) ? helm
        : entry.Annotation(ArgoDeletePolicy) is { } argo && argo.Words().Contains("HookSucceeded", StringComparer.Ordinal) ? argo
        : null;

    /// <summary>Whether the object is replaced with each release although its name stays: a hook (whose default policy is
    /// before-hook-creation), Flux's force, or Argo CD's Replace.</summary>
    public bool IsRecreated =>
        HelmEvents.Any(word => word is "pre-install" or "pre-upgrade" or "post-install" or "post-upgrade")
        || ArgoHooks.Count > 0
        || entry.Annotation(FluxForce)?.Text is "enabled" or "Enabled"
        || entry.Annotation(ArgoOptions).Words().Any(word => word is "Replace=true" or "Force=true");

    /// <summary>Whether a hook's delete policy is written down.</summary>
    public bool HasDeletePolicy => entry.Annotation(HelmDeletePolicy) is not null || entry.Annotation(ArgoDeletePolicy) is not null;
}
