{{/*
The labels of every object. "name" is the program: shop, or shop-migrate for what the migration needs.
A gate whose own pod is managed by Helm can name a hook that comes too late.
*/}}
{{- define "shop.labels" -}}
{{ include "shop.podLabels" . }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The same for pods, without the chart's version: a new version of the chart alone must not restart them. */}}
{{- define "shop.podLabels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/version: {{ .root.Values.release | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/* The annotations of a hook that has to exist before the migration. */}}
{{- define "shop.beforeMigration" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: "-10"
helm.sh/hook-delete-policy: before-hook-creation
{{- end }}

{{/* The tag and the digest of an image; empty if it has neither. A colon before the last "/" belongs to the registry's port. */}}
{{- define "shop.version" -}}
{{ regexFind "[:@].*" (last (splitList "/" .)) }}
{{- end }}

{{/* An image as it is given, or with the release as its tag. */}}
{{- define "shop.image" -}}
{{ .image }}{{ if not (include "shop.version" .image) }}:{{ .release }}{{ end }}
{{- end }}

{{/* The gate's image, which does not have the service's releases. */}}
{{- define "shop.gateImage" -}}
{{- if not (include "shop.version" .) -}}
{{ fail (printf "images.waitFor is %q, without a tag and a digest: write %s:TAG or %s@sha256:DIGEST" . . .) }}
{{- end -}}
{{ . }}
{{- end }}
